package io.unicorn.worker;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Takes the servers of this process out of service without losing what they have
 * accepted. Thread-safe.
 */
final class Drain {

	private final List<DrainableServer> servers = new CopyOnWriteArrayList<>();

	private boolean closed;

	private boolean ending;

	private boolean open;

	/**
	 * Add a server; it starts to accept with the others, or at once if they have started.
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
	 * Let all servers warm up, one after the other. Does not keep
	 * {@link #stopAccepting()} waiting, which ends it.
	 */
	void warmUp() {
		this.servers.forEach(DrainableServer::warmUp);
	}

	/**
	 * Let all servers accept.
	 * @return whether they do; not after {@link #stopAccepting}
	 */
	synchronized boolean startAccepting() {
		if (!this.closed && !this.open) {
			this.open = true;
			this.servers.forEach(DrainableServer::startAccepting);
		}
		return !this.closed;
	}

	/**
	 * Let each further response of all servers end its connection.
	 */
	synchronized void endConnections() {
		if (!this.closed && !this.ending) {
			this.ending = true;
			this.servers.forEach(DrainableServer::endConnections);
		}
	}

	synchronized void stopAccepting() {
		if (!this.closed) {
			this.closed = true;
			this.servers.forEach(DrainableServer::stopAccepting);
		}
	}

	/**
	 * Wait for the connections of all servers together.
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
