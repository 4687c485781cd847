package io.unicorn.boot.tomcat;

import java.io.IOException;
import java.nio.file.Path;

import io.unicorn.boot.warmup.WarmUpPlan;
import io.unicorn.launch.ConnectionBoardFile;
import io.unicorn.launch.LaunchPlan;
import io.unicorn.launch.WorkerCommand;
import io.unicorn.worker.AcceptTurns;
import io.unicorn.worker.ConnectionBoard;
import io.unicorn.worker.InheritedListeners;
import io.unicorn.worker.RequestLedger;
import io.unicorn.worker.WorkerAgent;
import org.apache.catalina.connector.Connector;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * Puts a Tomcat on a listener that the master has opened, in the agent's care.
 */
public final class TomcatPoolCustomizer implements WebServerFactoryCustomizer<TomcatWebServerFactory>, Ordered {

	private final WorkerAgent agent;

	private final String listener;

	private final @Nullable RequestLedger ledger;

	private final TomcatTuning tuning;

	private final WarmUpPlan warmUp;

	private TomcatPoolCustomizer(WorkerAgent agent, String listener, @Nullable RequestLedger ledger,
			TomcatTuning tuning, WarmUpPlan warmUp) {
		this.agent = agent;
		this.listener = listener;
		this.ledger = ledger;
		this.tuning = tuning;
		this.warmUp = warmUp;
	}

	/**
	 * Return a customizer for the application's own server.
	 */
	public static TomcatPoolCustomizer forApplication(WorkerAgent agent, RequestLedger ledger, TomcatTuning tuning,
			WarmUpPlan warmUp) {
		return new TomcatPoolCustomizer(agent, LaunchPlan.HTTP, ledger, tuning, warmUp);
	}

	/**
	 * Return a customizer for a management server on a port of its own. Its requests are
	 * not counted: probes must not use up a worker's max-requests.
	 */
	public static TomcatPoolCustomizer forManagement(WorkerAgent agent) {
		return new TomcatPoolCustomizer(agent, LaunchPlan.MANAGEMENT, null, TomcatTuning.NONE, WarmUpPlan.NONE);
	}

	@Override
	public void customize(TomcatWebServerFactory factory) {
		factory.setProtocol(PoolHttp11Protocol.class.getName());
		Farewell farewell = new Farewell();
		factory.addConnectorCustomizers((connector) -> customize(connector, farewell));
		factory.addContextCustomizers(farewell.sessions()::add);
		factory.addEngineValves(new EventStreamValve(farewell.streams()));
		if (this.ledger != null) {
			factory.addEngineValves(new RequestLedgerValve(this.ledger));
		}
	}

	private void customize(Connector connector, Farewell farewell) {
		if (!(connector.getProtocolHandler() instanceof PoolHttp11Protocol protocol)) {
			// An additional connector of the application's own.
			return;
		}
		try {
			InheritedListeners listeners = new InheritedListeners(
					System.getProperty(WorkerCommand.LISTENERS_PROPERTY, ""));
			protocol.attach(new AcceptGate(listeners.take(this.listener), turns()), farewell);
		}
		catch (IOException ex) {
			throw new IllegalStateException("Tomcat cannot listen for the pool: " + ex.getMessage(), ex);
		}
		this.tuning.apply(protocol);
		protocol.warmUpBy(this.warmUp);
		this.agent.register(protocol);
	}

	/**
	 * The connections of the application are spread over the workers; a management port
	 * has few.
	 */
	private AcceptTurns turns() throws IOException {
		String board = System.getProperty(ConnectionBoardFile.PROPERTY);
		if (board == null || !this.listener.equals(LaunchPlan.HTTP)) {
			return new AcceptTurns(ConnectionBoard.ofThisProcess(1), 0);
		}
		return new AcceptTurns(ConnectionBoard.open(Path.of(board)), this.agent.identity().index());
	}

	/** After Spring Boot's own customizers, whose settings are overridden. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
