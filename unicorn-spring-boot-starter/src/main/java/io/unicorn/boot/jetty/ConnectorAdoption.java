package io.unicorn.boot.jetty;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.time.Duration;

import io.unicorn.boot.jetty.sse.EventStreamHandler;
import io.unicorn.boot.jetty.sse.EventStreams;
import io.unicorn.boot.server.AcceptGate;
import io.unicorn.boot.server.OpenConnections;
import io.unicorn.boot.server.ServerTuning;
import io.unicorn.boot.server.SlowRequests;
import io.unicorn.boot.warmup.WarmUpPlan;
import io.unicorn.launch.settings.WorkerClass;
import io.unicorn.worker.RequestLedger;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

/**
 * Makes a connector of a server accept through a gate, and puts handlers in front of the
 * application.
 *
 * @param tuning limits of the server
 * @param ledger counts requests, if they are to be counted
 * @param warmUp requests of the worker to itself
 * @param slowRequest the age from which on a request is logged, zero for none
 */
record ConnectorAdoption(ServerTuning tuning, @Nullable RequestLedger ledger, WarmUpPlan warmUp, Duration slowRequest) {

	/**
	 * Change a server that has not started, once for all of its connectors.
	 * @return the event streams of the server
	 */
	EventStreams prepare(Server server) {
		EventStreams streams = new EventStreams();
		server.getDescendants(ServletContextHandler.class)
			.forEach((context) -> context.insertHandler(new EventStreamHandler(streams)));
		if (!this.slowRequest.isZero()) {
			wrap(server, new SlowRequestHandler(new SlowRequests(this.slowRequest)));
		}
		return streams;
	}

	/**
	 * Adopt a connector of a server that is prepared.
	 * @param most how many connections may be open
	 */
	DrainableJetty adopt(Server server, ServerConnector connector, AcceptGate gate, int most, EventStreams streams) {
		OpenConnections<SelectableChannel> connections = new OpenConnections<>();
		connector.addBean(new ClosedConnections(connections));
		try {
			connector.open(new GatedListener(gate, connections, connector.getSelectorManager(), most,
					Math.max(1, connector.getPort())));
		}
		catch (IOException ex) {
			throw new IllegalStateException("Jetty cannot listen for the pool: " + ex.getMessage(), ex);
		}
		DrainableJetty drainable = new DrainableJetty(connector, gate, connections, most,
				new ConnectionTerminator(connector, connections, streams), this.warmUp);
		addHandlers(server, connector, drainable);
		return drainable;
	}

	/** Each handler is put in front of those before. */
	private void addHandlers(Server server, ServerConnector connector, DrainableJetty drainable) {
		if (this.ledger != null) {
			wrap(server, new LoopbackHandler(drainable));
			wrap(server, new RequestLedgerHandler(this.ledger, drainable));
		}
		if (this.tuning.connectionTimeout() != null) {
			wrap(server, new FirstRequestHandler(drainable, connector, this.tuning.connectionTimeout()));
		}
		boolean single = this.tuning.workerClass() == WorkerClass.SYNC;
		wrap(server, new ConnectionEndHandler(drainable, () -> single || drainable.isEnding()));
	}

	private static void wrap(Server server, Handler.Wrapper handler) {
		handler.setHandler(server.getHandler());
		server.setHandler(handler);
	}

}
