package io.unicorn.boot.jetty;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import io.unicorn.boot.jetty.sse.EventStreamHandler;
import io.unicorn.boot.jetty.sse.EventStreams;
import io.unicorn.boot.server.AcceptGate;
import io.unicorn.boot.server.Arrivals;
import io.unicorn.boot.server.ProxiedConnections;
import io.unicorn.boot.server.ServerTuning;
import io.unicorn.boot.server.SlowRequests;
import io.unicorn.boot.warmup.WarmUpPlan;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.launch.settings.WorkerClass;
import io.unicorn.worker.AcceptDelay;
import io.unicorn.worker.InheritedListeners;
import io.unicorn.worker.RequestLedger;
import io.unicorn.worker.WorkerAgent;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.jetty.JettyWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * Makes Jetty serve on a listener that the master has opened, and registers it with the
 * agent, which drains it. For servlets and for reactive applications.
 */
public final class JettyPoolCustomizer implements WebServerFactoryCustomizer<JettyWebServerFactory>, Ordered {

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

	private JettyPoolCustomizer(WorkerAgent agent, String listener, AcceptDelay delay, @Nullable RequestLedger ledger,
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
	public static JettyPoolCustomizer forApplication(WorkerAgent agent, AcceptDelay delay, RequestLedger ledger,
			ServerTuning tuning, WarmUpPlan warmUp) {
		return new JettyPoolCustomizer(agent, LaunchPlan.HTTP, delay, ledger, tuning, warmUp, Duration.ZERO, null);
	}

	/**
	 * Return a customizer that has slow requests logged as well.
	 * @param limit the age from which on a request is slow, or zero to log none
	 */
	public JettyPoolCustomizer withSlowRequest(Duration limit) {
		return new JettyPoolCustomizer(this.agent, this.listener, this.delay, this.ledger, this.tuning, this.warmUp,
				limit, this.proxied);
	}

	/**
	 * Return a customizer for connections that begin with a header of the PROXY protocol.
	 */
	public JettyPoolCustomizer behindProxies(ProxiedConnections connections) {
		return new JettyPoolCustomizer(this.agent, this.listener, this.delay, this.ledger, this.tuning, this.warmUp,
				this.slowRequest, connections);
	}

	/**
	 * Return a customizer for a management server on a port of its own. Its requests are
	 * not counted: probes must not use up a worker's max-requests.
	 */
	public static JettyPoolCustomizer forManagement(WorkerAgent agent) {
		return new JettyPoolCustomizer(agent, LaunchPlan.MANAGEMENT, AcceptDelay.none(), null, ServerTuning.NONE,
				WarmUpPlan.NONE, Duration.ZERO, null);
	}

	@Override
	public void customize(JettyWebServerFactory factory) {
		JettyLimits limits = new JettyLimits(this.tuning);
		int connections = limits.connections(factory.getMaxConnections());
		limits.apply(factory);
		factory.addServerCustomizers((server) -> customize(server, limits, connections));
	}

	private void customize(Server server, JettyLimits limits, int most) {
		// Further ones are additional connectors of the application's own.
		ServerConnector connector = Arrays.stream(server.getConnectors())
			.filter(ServerConnector.class::isInstance)
			.map(ServerConnector.class::cast)
			.findFirst()
			.orElseThrow(() -> new IllegalStateException("Jetty has no connector that can listen for the pool"));
		limits.apply(connector);
		if (this.proxied != null) {
			new ProxyAddressCustomizer(this.proxied).addTo(connector);
		}
		AcceptGate gate = gate();
		EventStreams streams = new EventStreams();
		DrainableJetty drainable = drainable(connector, gate, streams, most);
		addHandlers(server, connector, drainable);
		server.getDescendants(ServletContextHandler.class)
			.forEach((context) -> context.insertHandler(new EventStreamHandler(streams)));
		this.agent.register(drainable);
	}

	private AcceptGate gate() {
		try {
			ServerSocketChannel taken = new InheritedListeners(System.getProperty(WorkerCommand.LISTENERS_PROPERTY, ""))
				.take(this.listener);
			return (this.proxied == null) ? new AcceptGate(taken, this.delay) : new AcceptGate(taken,
					Arrivals.proxiedAt(List.of(taken), Duration.ZERO, this.proxied), this.delay, () -> true);
		}
		catch (IOException ex) {
			throw new IllegalStateException("Jetty cannot listen for the pool: " + ex.getMessage(), ex);
		}
	}

	private DrainableJetty drainable(ServerConnector connector, AcceptGate gate, EventStreams streams, int most) {
		OpenConnections connections = new OpenConnections();
		connector.addBean(connections);
		try {
			connector.open(new GatedListener(gate, connections, most, Math.max(1, connector.getPort())));
		}
		catch (IOException ex) {
			throw new IllegalStateException("Jetty cannot listen for the pool: " + ex.getMessage(), ex);
		}
		return new DrainableJetty(connector, gate, connections, most,
				new ConnectionTerminator(connector, connections, streams), this.warmUp);
	}

	/** Each handler is put in front of those before. */
	private void addHandlers(Server server, ServerConnector connector, DrainableJetty drainable) {
		if (!this.slowRequest.isZero()) {
			wrap(server, new SlowRequestHandler(new SlowRequests(this.slowRequest)));
		}
		if (this.ledger != null) {
			wrap(server, new LoopbackHandler(drainable));
			wrap(server, new RequestLedgerHandler(this.ledger, drainable));
		}
		if (this.tuning.connectionTimeout() != null) {
			wrap(server, new FirstRequestHandler(connector, this.tuning.connectionTimeout()));
		}
		boolean single = this.tuning.workerClass() == WorkerClass.SYNC;
		wrap(server, new ConnectionEndHandler(() -> single || drainable.isEnding()));
	}

	private static void wrap(Server server, Handler.Wrapper handler) {
		handler.setHandler(server.getHandler());
		server.setHandler(handler);
	}

	/** After Spring Boot's own customizers, whose settings are overridden. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
