package io.unicorn.sample.detached.rsocket;

import java.time.Duration;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.unicorn.boot.NettyListenerChannel;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * Gives a server of Reactor Netty the channel of a listener, and event loops that can use
 * it.
 */
final class ListenerLoops implements LoopResources {

	private final LoopResources loops = LoopResources.create("rsocket");

	private final NettyListenerChannel listener;

	ListenerLoops(NettyListenerChannel listener) {
		this.listener = listener;
	}

	@Override
	public EventLoopGroup onServer(boolean useNative) {
		return this.loops.onServer(false);
	}

	@Override
	public EventLoopGroup onServerSelect(boolean useNative) {
		return this.loops.onServerSelect(false);
	}

	@Override
	public <C extends Channel> C onChannel(Class<C> type, EventLoopGroup group) {
		return type.equals(ServerSocketChannel.class) ? type.cast(this.listener) : this.loops.onChannel(type, group);
	}

	@Override
	public <C extends Channel> Class<? extends C> onChannelClass(Class<C> type, EventLoopGroup group) {
		return type.equals(ServerSocketChannel.class) ? NettyListenerChannel.class.asSubclass(type)
				: this.loops.onChannelClass(type, group);
	}

	@Override
	public Mono<Void> disposeLater(Duration quietPeriod, Duration timeout) {
		return this.loops.disposeLater(quietPeriod, timeout);
	}

}
