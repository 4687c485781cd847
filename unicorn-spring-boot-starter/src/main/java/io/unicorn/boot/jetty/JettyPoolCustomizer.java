package io.unicorn.boot.jetty;

import java.io.IOException;
import java.time.Duration;

import io.unicorn.boot.server.AcceptGate;
import io.unicorn.boot.server.ServerTuning;
import io.unicorn.boot.warmup.WarmUpPlan;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.worker.AcceptDelay;
import io.unicorn.worker.InheritedListeners;
import io.unicorn.worker.RequestLedger;
import io.unicorn.worker.WorkerAgent;

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

	private final ConnectorAdoption adoption;

	private JettyPoolCustomizer(WorkerAgent agent, String listener, AcceptDelay delay, ConnectorAdoption adoption) {
		this.agent = agent;
		this.listener = listener;
		this.delay = delay;
		this.adoption = adoption;
	}

	/**
	 * Return a customizer for the application's own server.
	 */
	public static JettyPoolCustomizer forApplication(WorkerAgent agent, AcceptDelay delay, RequestLedger ledger,
			ServerTuning tuning, WarmUpPlan warmUp) {
		return new JettyPoolCustomizer(agent, LaunchPlan.HTTP, delay,
				new ConnectorAdoption(tuning, ledger, warmUp, Duration.ZERO));
	}

	/**
	 * Return a customizer that has slow requests logged as well.
	 * @param limit the age from which on a request is slow, or zero to log none
	 */
	public JettyPoolCustomizer withSlowRequest(Duration limit) {
		return new JettyPoolCustomizer(this.agent, this.listener, this.delay,
				new ConnectorAdoption(this.adoption.tuning(), this.adoption.ledger(), this.adoption.warmUp(), limit));
	}

	/**
	 * Return a customizer for a management server on a port of its own. Its requests are
	 * not counted: probes must not use up a worker's max-requests.
	 */
	public static JettyPoolCustomizer forManagement(WorkerAgent agent) {
		return new JettyPoolCustomizer(agent, LaunchPlan.MANAGEMENT, AcceptDelay.none(),
				new ConnectorAdoption(ServerTuning.NONE, null, WarmUpPlan.NONE, Duration.ZERO));
	}

	@Override
	public void customize(JettyWebServerFactory factory) {
		JettyLimits limits = new JettyLimits(this.adoption.tuning());
		int most = limits.connections(factory.getMaxConnections());
		limits.apply(factory);
		factory.addServerCustomizers((server) -> {
			this.agent.register(this.adoption.adopt(server, gate(), most));
			// A management server, which has the endpoints, is made after that of the
			// application.
			this.agent.onCall(new RelayedRequests(server));
		});
	}

	private AcceptGate gate() {
		try {
			InheritedListeners listeners = new InheritedListeners(
					System.getProperty(WorkerCommand.LISTENERS_PROPERTY, ""));
			return new AcceptGate(listeners.take(this.listener), this.delay);
		}
		catch (IOException ex) {
			throw new IllegalStateException("Jetty cannot listen for the pool: " + ex.getMessage(), ex);
		}
	}

	/** After Spring Boot's own customizers, whose settings are overridden. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
