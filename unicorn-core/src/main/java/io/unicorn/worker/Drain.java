package io.unicorn.worker;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Starts and drains all servers of this process together. Thread-safe.
 */
final class Drain {

	private final List<DrainableServer> servers = new CopyOnWriteArrayList<>();

	private boolean closed;

	private boolean ending;

	private boolean open;

	/**
	 * Add a server and bring it into the state of the others.
	 */
	synchronized void add(DrainableServer server) {
		this.servers.add(server);
		if (this.closed) {
			server.stopAccepting();
			return;
		}
		if (this.ending) {
			server.endConnections();
		}
		if (this.open) {
			server.startAccepting();
		}
	}

	/**
	 * Warm up all servers, one after the other. Holds no lock: {@link #stopAccepting} may
	 * be called meanwhile, and ends the warm-up.
	 */
	void warmUp() {
		this.servers.forEach(DrainableServer::warmUp);
	}

	/**
	 * Let all servers accept.
	 * @return {@code false} after {@link #stopAccepting}
	 */
	synchronized boolean startAccepting() {
		if (!this.closed && !this.open) {
			this.open = true;
			this.servers.forEach(DrainableServer::startAccepting);
		}
		return !this.closed;
	}

	/**
	 * Let the next response on each connection of all servers end it.
	 */
	synchronized void endConnections() {
		if (!this.closed && !this.ending) {
			this.ending = true;
			this.servers.forEach(DrainableServer::endConnections);
		}
	}

	/**
	 * Forget all servers, and begin anew with the next one.
	 */
	synchronized void restart() {
		this.servers.clear();
		this.closed = false;
		this.ending = false;
		this.open = false;
	}

	boolean hasWebServers() {
		return this.servers.stream().anyMatch(DrainableServer::isWebServer);
	}

	synchronized void stopAccepting() {
		if (!this.closed) {
			this.closed = true;
			this.servers.forEach(DrainableServer::stopAccepting);
		}
	}

	/**
	 * Wait until no server has a connection left.
	 * @param timeout how long to wait at most, for all servers together
	 * @return the number of connections left
	 */
	int awaitNoConnections(Duration timeout) {
		long deadline = System.nanoTime() + timeout.toNanos();
		int left = 0;
		for (DrainableServer server : this.servers) {
			left += server.awaitNoConnections(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
		}
		return left;
	}

	int connections() {
		return this.servers.stream().mapToInt(DrainableServer::connections).sum();
	}

}
