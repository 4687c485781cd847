package io.unicorn.boot.netty;

import java.time.Duration;
import java.util.function.Supplier;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * Lets a server run on the event loops of the JDK's selectors, because the channel of the
 * inherited listener makes connections of that kind. Clients of the application go on
 * with the loops that they have, such as those of epoll.
 */
final class PoolLoops implements LoopResources {

	private final Supplier<LoopResources> loops;

	private final Supplier<InheritedServerChannel> server;

	PoolLoops(Supplier<LoopResources> loops, Supplier<InheritedServerChannel> server) {
		this.loops = loops;
		this.server = server;
	}

	@Override
	public EventLoopGroup onServer(boolean useNative) {
		return this.loops.get().onServer(false);
	}

	@Override
	public EventLoopGroup onServerSelect(boolean useNative) {
		return this.loops.get().onServerSelect(false);
	}

	@Override
	public EventLoopGroup onClient(boolean useNative) {
		return this.loops.get().onClient(useNative);
	}

	@Override
	public <C extends Channel> C onChannel(Class<C> type, EventLoopGroup group) {
		return type.equals(ServerSocketChannel.class) ? type.cast(this.server.get())
				: this.loops.get().onChannel(type, group);
	}

	@Override
	public <C extends Channel> Class<? extends C> onChannelClass(Class<C> type, EventLoopGroup group) {
		return type.equals(ServerSocketChannel.class) ? InheritedServerChannel.class.asSubclass(type)
				: this.loops.get().onChannelClass(type, group);
	}

	@Override
	public boolean daemon() {
		return this.loops.get().daemon();
	}

	@Override
	public boolean isDisposed() {
		return this.loops.get().isDisposed();
	}

	@Override
	public Mono<Void> disposeLater(Duration quietPeriod, Duration timeout) {
		return this.loops.get().disposeLater(quietPeriod, timeout);
	}

}
