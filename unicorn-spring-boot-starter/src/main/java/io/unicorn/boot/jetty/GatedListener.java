package io.unicorn.boot.jetty;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;

import io.unicorn.boot.server.AcceptGate;
import org.jspecify.annotations.Nullable;

/**
 * The listener as Jetty sees it: its accept passes the gate, and waits while as many
 * connections are open as the worker may have. One acceptor thread at a time.
 */
final class GatedListener extends ServerSocketChannel {

	private final AcceptGate gate;

	private final OpenConnections connections;

	/** How many connections may be open. */
	private final int most;

	private final int port;

	/**
	 * Create.
	 * @param port the port of a listener that is not bound, as in a training
	 */
	GatedListener(AcceptGate gate, OpenConnections connections, int most, int port) {
		super(gate.listener().provider());
		this.gate = gate;
		this.connections = connections;
		this.most = most;
		this.port = port;
	}

	@Override
	public SocketChannel accept() throws IOException {
		try {
			this.connections.awaitFewerThan(this.most, this::isServing);
			SocketChannel accepted = this.gate.accept(this.connections.count(), this::isServing);
			this.connections.add(accepted);
			this.gate.handedOver();
			return accepted;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new ClosedByInterruptException();
		}
		catch (IOException ex) {
			if (isServing()) {
				throw ex;
			}
			// The one exception by which Jetty's acceptor ends without a line in the log.
			throw new ClosedByInterruptException();
		}
	}

	private boolean isServing() {
		return isOpen() && !this.gate.isClosed();
	}

	@Override
	protected void implCloseSelectableChannel() throws IOException {
		this.gate.release();
		this.connections.wake();
		this.gate.closeListeners();
	}

	@Override
	protected void implConfigureBlocking(boolean block) throws IOException {
		if (!block) {
			throw new IOException("the listener is shared with other processes and stays in blocking mode");
		}
	}

	@Override
	public ServerSocket socket() {
		ServerSocket socket = this.gate.listener().socket();
		return socket.isBound() ? socket : unbound();
	}

	private ServerSocket unbound() {
		try {
			return new ServerSocket() {

				@Override
				public int getLocalPort() {
					return GatedListener.this.port;
				}

			};
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public @Nullable SocketAddress getLocalAddress() throws IOException {
		return this.gate.listener().getLocalAddress();
	}

	@Override
	public ServerSocketChannel bind(SocketAddress local, int backlog) throws IOException {
		throw new IOException("the master has bound the listener");
	}

	@Override
	public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) {
		// The master has set the options of the socket that all workers share.
		return this;
	}

	@Override
	public <T> T getOption(SocketOption<T> name) throws IOException {
		return this.gate.listener().getOption(name);
	}

	@Override
	public Set<SocketOption<?>> supportedOptions() {
		return this.gate.listener().supportedOptions();
	}

}
