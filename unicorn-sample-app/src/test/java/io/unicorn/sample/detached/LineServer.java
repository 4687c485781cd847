package io.unicorn.sample.detached;

import java.io.IOException;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

import io.unicorn.boot.PoolDrain;
import io.unicorn.boot.PoolListeners;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Answers lines of text, on a listener of the pool: a protocol of the application's own,
 * with nothing but the JDK.
 */
@Component
@ConditionalOnProperty("unicorn.listeners.lines")
public class LineServer implements PoolDrain.Connections {

	private final PoolListeners listeners;

	private final PoolDrain drain;

	private final Set<LineConnection> connections = ConcurrentHashMap.newKeySet();

	private final CountDownLatch ending = new CountDownLatch(1);

	private volatile @Nullable ServerSocketChannel accepting;

	LineServer(PoolListeners listeners, PoolDrain drain) {
		this.listeners = listeners;
		this.drain = drain;
	}

	@EventListener(ApplicationReadyEvent.class)
	void start() throws IOException {
		this.drain.register(this);
		ServerSocketChannel listener = this.listeners.open("lines");
		this.accepting = listener;
		thread(() -> accept(listener));
	}

	private void accept(ServerSocketChannel listener) {
		while (listener.isOpen()) {
			try {
				Socket socket = listener.accept().socket();
				LineConnection connection = new LineConnection(socket, this.ending);
				this.connections.add(connection);
				thread(() -> serve(connection));
			}
			catch (IOException ex) {
				// The worker leaves, or the client was faster.
			}
		}
		this.accepting = null;
	}

	private void serve(LineConnection connection) {
		try {
			connection.serve();
		}
		finally {
			this.connections.remove(connection);
		}
	}

	private static void thread(Runnable task) {
		Thread thread = new Thread(task, "lines");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void end() {
		this.ending.countDown();
	}

	/**
	 * The thread that accepts may have one more connection, until it has seen that the
	 * listener is closed.
	 */
	@Override
	public int count() {
		ServerSocketChannel listener = this.accepting;
		int unseen = (listener != null && !listener.isOpen()) ? 1 : 0;
		return unseen + this.connections.size();
	}

}
