package io.unicorn.boot.netty;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

import io.netty.channel.AbstractServerChannel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DefaultServerSocketChannelConfig;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.ServerSocketChannelConfig;
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

	/** Used by the event loop alone. */
	private boolean accepting;

	private volatile boolean bound;

	private volatile boolean closed;

	InheritedServerChannel(Acceptor acceptor) {
		this.acceptor = acceptor;
		this.config = new DefaultServerSocketChannelConfig(this, acceptor.listener().socket());
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

}
