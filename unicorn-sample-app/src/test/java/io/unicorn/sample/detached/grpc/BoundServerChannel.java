package io.unicorn.sample.detached.grpc;

import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;

import io.netty.channel.socket.nio.NioServerSocketChannel;

/**
 * Netty's channel on a listener that is bound already. Accepts from {@link #accept} on.
 */
final class BoundServerChannel extends NioServerSocketChannel {

	private volatile boolean ready;

	BoundServerChannel(ServerSocketChannel listener) {
		super(listener);
		config().setAutoRead(false);
	}

	/** Netty installs its handlers before it binds, so it must not be active earlier. */
	@Override
	public boolean isActive() {
		return this.ready && super.isActive();
	}

	@Override
	protected void doBind(SocketAddress address) {
		this.ready = true;
	}

	void accept() {
		config().setAutoRead(true);
	}

}
