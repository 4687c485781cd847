package io.unicorn.boot.jetty;

import java.time.Duration;

import io.unicorn.boot.server.AcceptGate;
import io.unicorn.boot.server.LoopbackConnector;
import io.unicorn.boot.server.OpenConnections;
import io.unicorn.boot.warmup.WarmUp;
import io.unicorn.boot.warmup.WarmUpPlan;
import io.unicorn.worker.DrainableServer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

/**
 * Starts and drains a connector of Jetty that accepts through a gate. The connector stays
 * as it is configured: what it accepts from is a {@link GatedListener}, and what ends its
 * connections are handlers in front of the application.
 */
final class DrainableJetty implements DrainableServer {

	private final ServerConnector connector;

	private final AcceptGate gate;

	private final OpenConnections<?> connections;

	/** How many connections may be open. */
	private final int most;

	private final ConnectionTerminator terminator;

	private final LoopbackConnector loopback;

	private final WarmUp warmUp;

	private volatile boolean ending;

	DrainableJetty(ServerConnector connector, AcceptGate gate, OpenConnections<?> connections, int most,
			ConnectionTerminator terminator, WarmUpPlan plan) {
		this.connector = connector;
		this.gate = gate;
		this.connections = connections;
		this.most = most;
		this.terminator = terminator;
		this.loopback = new LoopbackConnector(gate, new JettyTransport(connector));
		this.warmUp = new WarmUp(plan, this.loopback);
	}

	/**
	 * Whether a request has come over this connector, and not from another worker.
	 */
	boolean hasReceived(Request request) {
		return request.getConnectionMetaData().getConnector() == this.connector;
	}

	/**
	 * Whether a request is to be served: one of the warm-up or, later, of a client.
	 * @param token what it says to be of the warm-up
	 */
	boolean admits(@Nullable String token) {
		return this.loopback.admits(token);
	}

	/**
	 * Whether clients are served, or were before this worker was told to leave. Until
	 * then, what is served are requests of the warm-up.
	 */
	boolean hasClients() {
		return this.gate.hasOpened();
	}

	/**
	 * Whether each connection is to end with its next response.
	 */
	boolean isEnding() {
		return this.ending;
	}

	@Override
	public void warmUp() {
		this.warmUp.run();
		awaitRoom();
	}

	/**
	 * In class sync, a request of the warm-up that still runs takes the only connection.
	 * If it never ends, the worker is not ready, and boot-timeout ends the worker.
	 */
	private void awaitRoom() {
		try {
			this.connections.awaitFewerThan(this.most, () -> !this.gate.isClosed());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void startAccepting() {
		this.gate.open();
	}

	@Override
	public void endConnections() {
		this.ending = true;
		this.terminator.announceEnd();
	}

	@Override
	public void stopAccepting() {
		this.gate.close();
		this.connections.wake();
		this.warmUp.stop();
		// Before anything that may have to wait for a client.
		this.ending = true;
		this.terminator.begin();
	}

	@Override
	public int awaitNoConnections(Duration timeout) {
		// No client waits for the answer to a request of the warm-up.
		return hasClients() ? this.connections.awaitNone(timeout) : 0;
	}

	@Override
	public int connections() {
		return this.connections.count() + this.gate.waiting();
	}

}
