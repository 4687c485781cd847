package io.unicorn.boot.netty;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;

import io.netty.channel.AbstractServerChannel;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DefaultServerSocketChannelConfig;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.ServerSocketChannelConfig;
import io.unicorn.boot.server.UnixSocket;
import io.unicorn.worker.DaemonThread;
import org.jspecify.annotations.Nullable;

/**
 * Represents a listener that other processes share. Netty would make it non-blocking,
 * which is a property of the socket and so of all processes, and accept as many
 * connections as there are whenever a selector wakes up. Here a thread accepts, and no
 * selector knows the listener.
 */
final class InheritedServerChannel extends AbstractServerChannel implements ServerSocketChannel {

	private final Acceptor acceptor;

	private final ServerSocketChannelConfig config;

	/** Whether the first listener is a Unix socket, which has no address of TCP. */
	private final boolean unix;

	/** Used by the event loop alone. */
	private boolean accepting;

	private volatile boolean bound;

	private volatile boolean closed;

	InheritedServerChannel(Acceptor acceptor) {
		this.acceptor = acceptor;
		this.unix = UnixSocket.is(acceptor.listener());
		this.config = new Config(this.unix ? unbound() : acceptor.listener().socket());
	}

	private static ServerSocket unbound() {
		try {
			return new ServerSocket();
		}
		catch (IOException ex) {
			throw new ChannelException(ex);
		}
	}

	@Override
	public ServerSocketChannelConfig config() {
		return this.config;
	}

	@Override
	public boolean isOpen() {
		return !this.closed;
	}

	@Override
	public boolean isActive() {
		return this.bound && !this.closed;
	}

	@Override
	protected boolean isCompatible(EventLoop loop) {
		return true;
	}

	/** The master has bound it. */
	@Override
	protected void doBind(SocketAddress address) {
		this.bound = true;
	}

	/**
	 * Called again and again, for each connection that was accepted. The acceptor needs
	 * to be started only once: the gate and the limit of connections hold it up.
	 */
	@Override
	protected void doBeginRead() {
		if (!this.accepting) {
			this.accepting = true;
			DaemonThread.start("unicorn-acceptor", () -> this.acceptor.run(this));
		}
	}

	@Override
	protected void doClose() throws IOException {
		this.closed = true;
		this.acceptor.release();
	}

	@Override
	protected @Nullable SocketAddress localAddress0() {
		if (this.unix) {
			return UnixSocket.ADDRESS;
		}
		try {
			return this.acceptor.listener().getLocalAddress();
		}
		catch (IOException ex) {
			return null;
		}
	}

	@Override
	public @Nullable InetSocketAddress localAddress() {
		return (InetSocketAddress) super.localAddress();
	}

	@Override
	public @Nullable InetSocketAddress remoteAddress() {
		return null;
	}

	private final class Config extends DefaultServerSocketChannelConfig {

		Config(ServerSocket socket) {
			super(InheritedServerChannel.this, socket);
		}

		/** The master has set it, for all workers. */
		@Override
		public ServerSocketChannelConfig setReuseAddress(boolean reuse) {
			return this;
		}

	}

}
