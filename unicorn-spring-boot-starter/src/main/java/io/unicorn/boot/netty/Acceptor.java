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
import io.unicorn.boot.server.OpenConnections;
import io.unicorn.boot.server.ProxiedConnections;
import io.unicorn.boot.server.ProxyAddresses;
import io.unicorn.boot.server.UnixSocket;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

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

	private final OpenConnections<Channel> connections;

	/** How many connections may be open. */
	private final int most;

	/** Null if connections have no header of a proxy. */
	private final @Nullable ProxiedConnections proxied;

	Acceptor(AcceptGate gate, @Nullable ProxiedConnections proxied, OpenConnections<Channel> connections, int most) {
		this.gate = gate;
		this.proxied = proxied;
		this.connections = connections;
		this.most = most;
	}

	/** The first one. */
	ServerSocketChannel listener() {
		return this.gate.listener();
	}

	/**
	 * Accept until the server channel is closed, or the gate is and has passed on what it
	 * had accepted.
	 */
	void run(Channel server) {
		try {
			while (server.isOpen()) {
				this.connections.awaitFewerThan(this.most, () -> isRunning(server));
				try {
					handOver(this.gate.accept(this.connections.count(), () -> isRunning(server)), server);
				}
				catch (ClosedChannelException ex) {
					return;
				}
				catch (IOException ex) {
					logger.warn("Cannot accept a connection: " + ex);
					pause(server);
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Wait, whatever ends meanwhile. */
	private void pause(Channel server) throws InterruptedException {
		long until = System.nanoTime() + PAUSE.toNanos();
		this.connections.awaitFewerThan(0, () -> isRunning(server) && until - System.nanoTime() > 0);
	}

	private boolean isRunning(Channel server) {
		return server.isOpen() && !this.gate.isClosed();
	}

	private void handOver(SocketChannel accepted, Channel server) throws IOException {
		Channel connection;
		try {
			connection = connection(accepted, server);
			this.connections.add(connection);
			var unused = connection.closeFuture().addListener((closed) -> this.connections.remove(connection));
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

	private Channel connection(SocketChannel accepted, Channel server) {
		ProxyAddresses said = (this.proxied != null) ? this.proxied.take(accepted) : null;
		if (UnixSocket.is(accepted)) {
			return new UnixChannel(server, accepted, said);
		}
		return (said != null) ? new ProxiedChannel(server, accepted, said) : new NioSocketChannel(server, accepted);
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
		this.gate.closeListeners();
	}

}
