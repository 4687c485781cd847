package io.unicorn.boot.netty;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.unicorn.boot.server.AcceptGate;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Accepts connections by a blocking call, on a thread of its own, and hands them over to
 * Netty. Accepts nothing while as many connections are open as the worker may have, so
 * that other workers take the next ones.
 */
final class Acceptor {

	private static final Log logger = LogFactory.getLog(Acceptor.class);

	/** The pause after an error, such as that the process has no descriptor left. */
	private static final Duration PAUSE = Duration.ofMillis(200);

	private final AcceptGate gate;

	private final OpenConnections connections;

	/** How many connections may be open. */
	private final int most;

	Acceptor(AcceptGate gate, OpenConnections connections, int most) {
		this.gate = gate;
		this.connections = connections;
		this.most = most;
	}

	ServerSocketChannel listener() {
		return this.gate.listener();
	}

	/** Accept until the server channel or the gate is closed for good. */
	void run(Channel server) {
		while (isRunning(server)) {
			this.connections.awaitFewer(this.most, () -> isRunning(server));
			try {
				handOver(this.gate.accept(this.connections.count(), () -> isRunning(server)), server);
			}
			catch (ClosedChannelException ex) {
				return;
			}
			catch (IOException ex) {
				logger.warn("Cannot accept a connection: " + ex);
				this.connections.pause(PAUSE);
			}
		}
	}

	private boolean isRunning(Channel server) {
		return server.isOpen() && !this.gate.isClosed();
	}

	private void handOver(SocketChannel accepted, Channel server) throws IOException {
		NioSocketChannel connection;
		try {
			connection = new NioSocketChannel(server, accepted);
			this.connections.add(connection);
		}
		catch (RuntimeException ex) {
			accepted.close();
			throw new IOException("it was reset", ex);
		}
		finally {
			this.gate.handedOver();
		}
		try {
			server.eventLoop().execute(() -> pass(connection, server));
		}
		catch (RejectedExecutionException ex) {
			// The event loop has ended.
			discard(connection);
		}
	}

	private void pass(Channel connection, Channel server) {
		server.pipeline().fireChannelRead(connection);
		server.pipeline().fireChannelReadComplete();
		if (!connection.isOpen()) {
			// Closed before it was registered, which completes no future.
			discard(connection);
		}
	}

	private void discard(Channel connection) {
		connection.unsafe().closeForcibly();
		this.connections.remove(connection);
	}

	/** Make {@link #run} return. */
	void release() throws IOException {
		this.gate.release();
		listener().close();
	}

}
