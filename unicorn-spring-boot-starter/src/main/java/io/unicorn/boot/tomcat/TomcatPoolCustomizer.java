package io.unicorn.boot.tomcat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.boot.relay.RelayService;
import io.unicorn.boot.server.AcceptGate;
import io.unicorn.boot.server.AdditionalPorts;
import io.unicorn.boot.server.ServerSetup;
import io.unicorn.boot.server.SlowRequests;
import io.unicorn.boot.tomcat.sse.EventStreamValve;
import io.unicorn.launch.settings.WorkerClass;
import org.apache.catalina.connector.Connector;

import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * Makes the worker's Tomcat accept from listeners that the master has opened.
 */
public final class TomcatPoolCustomizer implements WebServerFactoryCustomizer<TomcatWebServerFactory>, Ordered {

	private static final Duration ANY_SILENCE = Duration.ofDays(365);

	private final ServerSetup setup;

	/**
	 * Create a customizer for a server with this setup.
	 */
	public TomcatPoolCustomizer(ServerSetup setup) {
		this.setup = setup;
	}

	@Override
	public void customize(TomcatWebServerFactory factory) {
		factory.setProtocol(PoolHttp11Protocol.class.getName());
		ConnectionTerminator terminator = new ConnectionTerminator();
		factory.addConnectorCustomizers((connector) -> customize(connector, terminator));
		shareAdditional(factory, terminator);
		factory.addContextCustomizers(terminator.sessions()::add);
		factory.addEngineValves(new EventStreamValve(terminator.streams()));
		if (!this.setup.slowRequest().isZero()) {
			factory.addEngineValves(new SlowRequestValve(new SlowRequests(this.setup.slowRequest())));
		}
		if (this.setup.ledger() != null) {
			factory.addEngineValves(new RequestLedgerValve(this.setup.ledger()), new LoopbackValve());
		}
	}

	/** Let all workers share the connectors that the application adds. */
	private void shareAdditional(TomcatWebServerFactory factory, ConnectionTerminator terminator) {
		if (factory.getAdditionalConnectors().isEmpty()) {
			return;
		}
		AdditionalPorts ports = new AdditionalPorts(this.setup.agent());
		List<Connector> shared = new ArrayList<>();
		for (Connector configured : factory.getAdditionalConnectors()) {
			SharedConnector connector = new SharedConnector(configured);
			share(connector.protocol(), ports.listener(configured.getPort()), terminator);
			shared.add(connector);
		}
		factory.setAdditionalConnectors(shared);
	}

	private void customize(Connector connector, ConnectionTerminator terminator) {
		if (!(connector.getProtocolHandler() instanceof PoolHttp11Protocol protocol)) {
			return;
		}
		share(protocol, this.setup.listener(), terminator);
		protocol.warmUpBy(this.setup.warmUp());
		// A management server, which has the endpoints, is made after that of the
		// application.
		this.setup.agent().onCall(new RelayService(new RelayedRequests(connector)));
	}

	private void share(PoolHttp11Protocol protocol, String name, ConnectionTerminator terminator) {
		new TomcatLimits(this.setup.tuning()).apply(protocol);
		if (this.setup.proxied() != null) {
			protocol.show(this.setup.proxied());
		}
		protocol.attach(gate(protocol, name), terminator);
		this.setup.agent().register(protocol);
	}

	private AcceptGate gate(PoolHttp11Protocol protocol, String name) {
		Duration silence = (this.setup.tuning().workerClass() == WorkerClass.SYNC) ? longestSilence(protocol)
				: Duration.ZERO;
		return this.setup.gate(name, silence, protocol::hasFreeThread);
	}

	private static Duration longestSilence(PoolHttp11Protocol protocol) {
		int timeout = protocol.getConnectionTimeout();
		return (timeout > 0) ? Duration.ofMillis(timeout) : ANY_SILENCE;
	}

	/** After Spring Boot's own customizers, whose settings are overridden. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
