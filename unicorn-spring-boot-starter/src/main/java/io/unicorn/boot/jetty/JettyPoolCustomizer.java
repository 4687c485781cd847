package io.unicorn.boot.jetty;

import java.util.Arrays;
import java.util.List;

import io.unicorn.boot.jetty.sse.EventStreams;
import io.unicorn.boot.relay.RelayService;
import io.unicorn.boot.server.AcceptGate;
import io.unicorn.boot.server.AdditionalPorts;
import io.unicorn.boot.server.ServerSetup;
import io.unicorn.boot.warmup.WarmUpPlan;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

import org.springframework.boot.jetty.JettyWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * Makes the worker's Jetty accept from listeners that the master has opened.
 */
public final class JettyPoolCustomizer implements WebServerFactoryCustomizer<JettyWebServerFactory>, Ordered {

	private final ServerSetup setup;

	/**
	 * Create a customizer for a server with this setup.
	 */
	public JettyPoolCustomizer(ServerSetup setup) {
		this.setup = setup;
	}

	@Override
	public void customize(JettyWebServerFactory factory) {
		JettyLimits limits = new JettyLimits(this.setup.tuning());
		int most = limits.connections(factory.getMaxConnections());
		limits.apply(factory);
		factory.addServerCustomizers((server) -> {
			adopt(server, limits, most);
			// A management server, which has the endpoints, is made after that of the
			// application.
			this.setup.agent().onCall(new RelayService(new RelayedRequests(server)));
		});
	}

	private void adopt(Server server, JettyLimits limits, int most) {
		List<ServerConnector> connectors = Arrays.stream(server.getConnectors())
			.filter(ServerConnector.class::isInstance)
			.map(ServerConnector.class::cast)
			.toList();
		if (connectors.isEmpty()) {
			throw new IllegalStateException("Jetty has no connector that can listen for the pool");
		}
		limits.apply(server, connectors);
		EventStreams streams = adoption(this.setup.warmUp()).prepare(server);
		AdditionalPorts ports = new AdditionalPorts(this.setup.agent());
		for (ServerConnector connector : connectors) {
			boolean first = connector == connectors.get(0);
			AcceptGate gate = this.setup.gate(first ? this.setup.listener() : ports.listener(connector.getPort()),
					limits.silence(connector), () -> JettyLimits.hasFreeThread(server.getThreadPool()));
			if (this.setup.proxied() != null || gate.hasUnixSocket()) {
				new AddressCustomizer(this.setup.proxied()).addTo(connector);
			}
			this.setup.agent()
				.register(adoption(first ? this.setup.warmUp() : WarmUpPlan.NONE).adopt(server, connector, gate, most,
						streams));
		}
	}

	private ConnectorAdoption adoption(WarmUpPlan warmUp) {
		return new ConnectorAdoption(this.setup.tuning(), this.setup.ledger(), warmUp, this.setup.slowRequest());
	}

	/** After Spring Boot's own customizers, whose settings are overridden. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
