package io.unicorn.boot.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ServerChannel;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.NettyPipeline;

/**
 * Adds the handlers of a worker to each connection of HTTP/1.1 and each stream of HTTP/2.
 * Reactor Netty tells of a request when it has read its head and not passed it on yet, so
 * the handlers see the first request, too. They come last in the pipeline: what the
 * application sends passes them first.
 */
final class ExchangeObserver implements ConnectionObserver {

	private static final String NAME = "unicorn.";

	private final NettyPoolServer server;

	ExchangeObserver(NettyPoolServer server) {
		this.server = server;
	}

	@Override
	public void onStateChange(Connection connection, State newState) {
		if (newState == State.CONFIGURED) {
			Channel channel = connection.channel();
			add(channel);
			Channel parent = channel.parent();
			if (!(parent instanceof ServerChannel) && this.server.isEnding()) {
				GoAway.send(parent);
			}
		}
	}

	private void add(Channel channel) {
		ChannelPipeline pipeline = channel.pipeline();
		if (pipeline.get(LastResponseHandler.class) == null && pipeline.get(NettyPipeline.ReactiveBridge) != null) {
			this.server.handlers(channel)
				.forEach((handler) -> pipeline.addBefore(NettyPipeline.ReactiveBridge,
						NAME + handler.getClass().getSimpleName(), handler));
		}
	}

}
