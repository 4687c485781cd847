package io.unicorn.boot.tomcat;

import java.io.IOException;

import io.unicorn.launch.WorkerClass;
import io.unicorn.launch.WorkerCommand;
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

	private final WorkerClass workerClass;

	private final @Nullable Integer threads;

	private TomcatPoolCustomizer(WorkerAgent agent, String listener, @Nullable RequestLedger ledger,
			WorkerClass workerClass, @Nullable Integer threads) {
		this.agent = agent;
		this.listener = listener;
		this.ledger = ledger;
		this.workerClass = workerClass;
		this.threads = threads;
	}

	/**
	 * Return a customizer for the application's own server.
	 * @param threads number of request threads, or {@code null} for Tomcat's own setting;
	 * of no meaning for class sync
	 */
	public static TomcatPoolCustomizer forApplication(WorkerAgent agent, RequestLedger ledger, WorkerClass workerClass,
			@Nullable Integer threads) {
		return new TomcatPoolCustomizer(agent, "http", ledger, workerClass, threads);
	}

	/**
	 * Return a customizer for a management server on a port of its own. Its requests are
	 * not counted: probes must not use up a worker's max-requests.
	 */
	public static TomcatPoolCustomizer forManagement(WorkerAgent agent) {
		return new TomcatPoolCustomizer(agent, "management", null, WorkerClass.GTHREAD, null);
	}

	@Override
	public void customize(TomcatWebServerFactory factory) {
		factory.setProtocol(PoolHttp11Protocol.class.getName());
		factory.addConnectorCustomizers(this::customize);
		if (this.ledger != null) {
			factory.addEngineValves(new RequestLedgerValve(this.ledger));
		}
	}

	private void customize(Connector connector) {
		if (!(connector.getProtocolHandler() instanceof PoolHttp11Protocol protocol)) {
			// An additional connector of the application's own.
			return;
		}
		try {
			InheritedListeners listeners = new InheritedListeners(
					System.getProperty(WorkerCommand.LISTENERS_PROPERTY, ""));
			protocol.attach(new AcceptGate(listeners.take(this.listener)));
		}
		catch (IOException ex) {
			throw new IllegalStateException("Tomcat cannot listen for the pool: " + ex.getMessage(), ex);
		}
		if (this.workerClass == WorkerClass.SYNC) {
			// With one connection at a time and one request on each, the acceptor takes
			// the next client only when this one is gone.
			protocol.setMaxConnections(1);
			protocol.setMaxKeepAliveRequests(1);
			protocol.setMaxThreads(1);
			protocol.setMinSpareThreads(1);
		}
		else if (this.threads != null) {
			protocol.setMaxThreads(this.threads);
			protocol.setMinSpareThreads(Math.min(this.threads, protocol.getMinSpareThreads()));
		}
		this.agent.register(protocol);
	}

	/** After Spring Boot's own customizers, whose settings are overridden. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
