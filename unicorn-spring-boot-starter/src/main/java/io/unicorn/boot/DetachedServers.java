package io.unicorn.boot;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import io.unicorn.worker.DaemonThread;
import io.unicorn.worker.DrainableServer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The servers that the application runs itself. They accept from when they are opened:
 * the application opens them when it can serve.
 */
final class DetachedServers implements DrainableServer {

	private static final Log LOG = LogFactory.getLog(DetachedServers.class);

	private static final Duration INTERVAL = Duration.ofMillis(20);

	/** Guards all fields. */
	private final Object lock = new Object();

	private final List<ServerSocketChannel> listeners = new ArrayList<>();

	private final List<PoolDrain.Connections> connections = new ArrayList<>();

	private boolean stopped;

	void add(ServerSocketChannel listener) {
		synchronized (this.lock) {
			if (!this.stopped) {
				this.listeners.add(listener);
				return;
			}
		}
		close(listener);
	}

	void add(PoolDrain.Connections added) {
		boolean late;
		synchronized (this.lock) {
			this.connections.add(added);
			late = this.stopped;
		}
		if (late) {
			end(added);
		}
	}

	@Override
	public boolean isWebServer() {
		return false;
	}

	@Override
	public void warmUp() {
		// The application's own affair.
	}

	@Override
	public void startAccepting() {
		// The application accepts when it has opened a listener.
	}

	@Override
	public void endConnections() {
		// They end when the worker leaves.
	}

	@Override
	public void stopAccepting() {
		List<ServerSocketChannel> open;
		List<PoolDrain.Connections> ending;
		synchronized (this.lock) {
			if (this.stopped) {
				return;
			}
			this.stopped = true;
			open = List.copyOf(this.listeners);
			ending = List.copyOf(this.connections);
		}
		open.forEach(DetachedServers::close);
		ending.forEach(DetachedServers::end);
	}

	/** Closes this process's copy of the shared socket and nothing else. */
	private static void close(ServerSocketChannel listener) {
		try {
			listener.close();
		}
		catch (IOException ex) {
			LOG.warn("Cannot close a listener of this leaving worker", ex);
		}
	}

	/** Has a thread of its own, because it is the application's code. */
	private static void end(PoolDrain.Connections connections) {
		DaemonThread.start("unicorn-end-connections", () -> {
			try {
				connections.end();
			}
			catch (RuntimeException ex) {
				LOG.warn("Cannot end the connections of this leaving worker", ex);
			}
		});
	}

	@Override
	public int awaitNoConnections(Duration timeout) {
		long deadline = System.nanoTime() + timeout.toNanos();
		int left = connections();
		while (left > 0 && deadline - System.nanoTime() > 0) {
			LockSupport.parkNanos(INTERVAL.toNanos());
			left = connections();
		}
		return left;
	}

	@Override
	public int connections() {
		List<PoolDrain.Connections> all;
		synchronized (this.lock) {
			all = List.copyOf(this.connections);
		}
		return all.stream().mapToInt(DetachedServers::count).sum();
	}

	/** The heartbeat has the number, and must not fail. */
	private static int count(PoolDrain.Connections connections) {
		try {
			return Math.max(0, connections.count());
		}
		catch (RuntimeException ex) {
			LOG.debug("Cannot count connections", ex);
			return 0;
		}
	}

}
