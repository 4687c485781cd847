package io.unicorn.boot.jetty;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

import io.unicorn.boot.server.AcceptGate;
import io.unicorn.boot.server.OpenConnections;
import io.unicorn.boot.server.UnixSocket;
import org.eclipse.jetty.io.SelectorManager;
import org.jspecify.annotations.Nullable;

/**
 * The listener as Jetty sees it: its accept passes the gate, and waits while as many
 * connections are open as the worker may have.
 */
final class GatedListener extends ServerSocketChannel {

	private final AcceptGate gate;

	private final OpenConnections<SelectableChannel> connections;

	private final SelectorManager selectors;

	/** Jetty's acceptor threads, of which the gate serves one at a time. */
	private final ReentrantLock acceptor = new ReentrantLock();

	/** How many connections may be open. */
	private final int most;

	private final int port;

	/**
	 * Create.
	 * @param selectors those of the connector
	 * @param port the port of a listener that has none: a Unix socket, or one that is not
	 * bound, as in a training
	 */
	GatedListener(AcceptGate gate, OpenConnections<SelectableChannel> connections, SelectorManager selectors, int most,
			int port) {
		super(gate.listener().provider());
		this.gate = gate;
		this.connections = connections;
		this.selectors = selectors;
		this.most = most;
		this.port = port;
	}

	/**
	 * Return the next connection of TCP. Jetty's connector asks each connection that it
	 * gets from here for a {@link java.net.Socket}, which one of a Unix socket does not
	 * have; such connections are passed to the connector's selectors, as the connector
	 * does next.
	 */
	@Override
	public SocketChannel accept() throws IOException {
		try {
			this.acceptor.lockInterruptibly();
			try {
				SocketChannel accepted = acceptNext();
				while (UnixSocket.is(accepted)) {
					accepted.configureBlocking(false);
					this.selectors.accept(accepted);
					accepted = acceptNext();
				}
				return accepted;
			}
			finally {
				this.acceptor.unlock();
			}
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

	private SocketChannel acceptNext() throws IOException, InterruptedException {
		this.connections.awaitFewerThan(this.most, this::isServing);
		SocketChannel accepted = this.gate.accept(this.connections.count(), this::isServing);
		this.connections.add(accepted);
		this.gate.handedOver();
		return accepted;
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
		ServerSocketChannel first = this.gate.listener();
		return (!UnixSocket.is(first) && first.socket().isBound()) ? first.socket() : withPort();
	}

	/** Jetty refuses a listener without a port. */
	private ServerSocket withPort() {
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
