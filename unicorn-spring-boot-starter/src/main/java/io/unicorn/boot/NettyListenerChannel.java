package io.unicorn.boot;

import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioServerSocketChannel;

/**
 * Netty's channel on a listener of {@link PoolListeners}, for one server. Binding it does
 * nothing, because the listener is bound already. It accepts connections from
 * {@link #accept} on, until the worker leaves. Its event loops are those of
 * {@code NioIoHandler}. To be used only in an application that has Netty.
 */
public final class NettyListenerChannel extends NioServerSocketChannel {

	private final Set<Channel> connections = ConcurrentHashMap.newKeySet();

	private volatile boolean bound;

	private volatile boolean accepting;

	/**
	 * Create.
	 * @param listener what {@link PoolListeners#open} returns; belongs to this channel
	 * from now on
	 */
	public NettyListenerChannel(ServerSocketChannel listener) {
		super(listener);
		config().setAutoRead(false);
	}

	/**
	 * Begin to accept, such as at {@code ApplicationReadyEvent}. Called on any thread,
	 * when the server has bound this channel.
	 */
	public void accept() {
		config().setAutoRead(true);
	}

	/**
	 * Return how many connections were accepted and are open. When the listener is
	 * closed, 0 means that there will be no more. Called on any thread.
	 */
	public int connections() {
		// A connection is in the set before this is false again.
		int next = this.accepting ? 1 : 0;
		this.connections.removeIf((connection) -> !connection.isOpen());
		return next + this.connections.size();
	}

	@Override
	protected int doReadMessages(List<Object> accepted) throws Exception {
		this.accepting = true;
		try {
			int count = super.doReadMessages(accepted);
			if (count > 0 && accepted.get(accepted.size() - 1) instanceof Channel connection) {
				this.connections.add(connection);
				connection.closeFuture().addListener((closed) -> this.connections.remove(connection));
			}
			return count;
		}
		finally {
			this.accepting = false;
		}
	}

	/**
	 * Netty adds its handlers before it binds, so the channel must not be active then.
	 */
	@Override
	public boolean isActive() {
		return this.bound && super.isActive();
	}

	@Override
	protected void doBind(SocketAddress address) {
		this.bound = true;
	}

}
