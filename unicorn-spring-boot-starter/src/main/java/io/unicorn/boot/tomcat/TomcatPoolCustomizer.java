package io.unicorn.boot.tomcat;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;

import io.unicorn.boot.server.AcceptGate;
import io.unicorn.boot.server.Arrivals;
import io.unicorn.boot.server.ProxiedConnections;
import io.unicorn.boot.server.ServerTuning;
import io.unicorn.boot.server.SlowRequests;
import io.unicorn.boot.tomcat.sse.EventStreamValve;
import io.unicorn.boot.warmup.WarmUpPlan;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.launch.settings.WorkerClass;
import io.unicorn.worker.AcceptDelay;
import io.unicorn.worker.InheritedListeners;
import io.unicorn.worker.RequestLedger;
import io.unicorn.worker.WorkerAgent;
import org.apache.catalina.connector.Connector;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * Makes Tomcat serve on a listener that the master has opened, and registers it with the
 * agent, which drains it.
 */
public final class TomcatPoolCustomizer implements WebServerFactoryCustomizer<TomcatWebServerFactory>, Ordered {

	private static final Duration ANY_SILENCE = Duration.ofDays(365);

	private final WorkerAgent agent;

	private final String listener;

	private final AcceptDelay delay;

	private final @Nullable RequestLedger ledger;

	private final ServerTuning tuning;

	private final WarmUpPlan warmUp;

	/** The age from which on a request is logged, zero for none. */
	private final Duration slowRequest;

	/** Null if connections have no header of a proxy. */
	private final @Nullable ProxiedConnections proxied;

	private TomcatPoolCustomizer(WorkerAgent agent, String listener, AcceptDelay delay, @Nullable RequestLedger ledger,
			ServerTuning tuning, WarmUpPlan warmUp, Duration slowRequest, @Nullable ProxiedConnections proxied) {
		this.agent = agent;
		this.listener = listener;
		this.delay = delay;
		this.ledger = ledger;
		this.tuning = tuning;
		this.warmUp = warmUp;
		this.slowRequest = slowRequest;
		this.proxied = proxied;
	}

	/**
	 * Return a customizer for the application's own server.
	 */
	public static TomcatPoolCustomizer forApplication(WorkerAgent agent, AcceptDelay delay, RequestLedger ledger,
			ServerTuning tuning, WarmUpPlan warmUp) {
		return new TomcatPoolCustomizer(agent, LaunchPlan.HTTP, delay, ledger, tuning, warmUp, Duration.ZERO, null);
	}

	/**
	 * Return a customizer that has slow requests logged as well.
	 * @param limit the age from which on a request is slow, or zero to log none
	 */
	public TomcatPoolCustomizer withSlowRequest(Duration limit) {
		return new TomcatPoolCustomizer(this.agent, this.listener, this.delay, this.ledger, this.tuning, this.warmUp,
				limit, this.proxied);
	}

	/**
	 * Return a customizer for connections that begin with a header of the PROXY protocol.
	 */
	public TomcatPoolCustomizer behindProxies(ProxiedConnections connections) {
		return new TomcatPoolCustomizer(this.agent, this.listener, this.delay, this.ledger, this.tuning, this.warmUp,
				this.slowRequest, connections);
	}

	/**
	 * Return a customizer for a management server on a port of its own. Its requests are
	 * not counted: probes must not use up a worker's max-requests.
	 */
	public static TomcatPoolCustomizer forManagement(WorkerAgent agent) {
		return new TomcatPoolCustomizer(agent, LaunchPlan.MANAGEMENT, AcceptDelay.none(), null, ServerTuning.NONE,
				WarmUpPlan.NONE, Duration.ZERO, null);
	}

	@Override
	public void customize(TomcatWebServerFactory factory) {
		factory.setProtocol(PoolHttp11Protocol.class.getName());
		ConnectionTerminator terminator = new ConnectionTerminator();
		factory.addConnectorCustomizers((connector) -> customize(connector, terminator));
		factory.addContextCustomizers(terminator.sessions()::add);
		factory.addEngineValves(new EventStreamValve(terminator.streams()));
		if (!this.slowRequest.isZero()) {
			factory.addEngineValves(new SlowRequestValve(new SlowRequests(this.slowRequest)));
		}
		if (this.ledger != null) {
			factory.addEngineValves(new RequestLedgerValve(this.ledger), new LoopbackValve());
		}
	}

	private void customize(Connector connector, ConnectionTerminator terminator) {
		if (!(connector.getProtocolHandler() instanceof PoolHttp11Protocol protocol)) {
			// An additional connector of the application's own.
			return;
		}
		new TomcatLimits(this.tuning).apply(protocol);
		try {
			protocol.attach(gate(protocol), terminator);
		}
		catch (IOException ex) {
			throw new IllegalStateException("Tomcat cannot listen for the pool: " + ex.getMessage(), ex);
		}
		protocol.warmUpBy(this.warmUp);
		this.agent.register(protocol);
		// A management server, which has the endpoints, is made after that of the
		// application.
		this.agent.onCall(new RelayedRequests(connector));
	}

	private AcceptGate gate(PoolHttp11Protocol protocol) throws IOException {
		List<ServerSocketChannel> listeners = List
			.of(new InheritedListeners(System.getProperty(WorkerCommand.LISTENERS_PROPERTY, "")).take(this.listener));
		return new AcceptGate(listeners.get(0), arrivals(listeners, protocol), this.delay, protocol::hasFreeThread);
	}

	private Arrivals arrivals(List<ServerSocketChannel> listeners, PoolHttp11Protocol protocol) throws IOException {
		boolean single = this.tuning.workerClass() == WorkerClass.SYNC;
		if (this.proxied != null) {
			protocol.show(this.proxied);
			return Arrivals.proxiedAt(listeners, single ? longestSilence(protocol) : Duration.ZERO, this.proxied);
		}
		return single ? Arrivals.readableAt(listeners, longestSilence(protocol)) : Arrivals.at(listeners);
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
