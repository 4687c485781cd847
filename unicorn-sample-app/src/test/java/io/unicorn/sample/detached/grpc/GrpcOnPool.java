package io.unicorn.sample.detached.grpc;

import java.io.IOException;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.EventExecutor;
import io.unicorn.boot.NettyListenerChannel;
import io.unicorn.boot.PoolDrain;
import io.unicorn.boot.PoolListeners;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.grpc.server.ServerBuilderCustomizer;
import org.springframework.grpc.server.lifecycle.GrpcServerStartedEvent;
import org.springframework.stereotype.Component;

/**
 * Lets Spring Boot's gRPC server accept from a listener of the pool.
 */
@Component
@ConditionalOnProperty("unicorn.listeners.grpc")
public class GrpcOnPool implements ServerBuilderCustomizer<NettyServerBuilder>, PoolDrain.Connections {

	private final EventLoopGroup acceptor = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final EventLoopGroup connections = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

	private final PoolDrain drain;

	private final NettyListenerChannel channel;

	private volatile @Nullable Server server;

	GrpcOnPool(PoolListeners listeners, PoolDrain drain) throws IOException {
		this.drain = drain;
		this.channel = new NettyListenerChannel(listeners.open("grpc"));
	}

	@Override
	public void customize(NettyServerBuilder builder) {
		builder.bossEventLoopGroup(this.acceptor)
			.workerEventLoopGroup(this.connections)
			.channelFactory(() -> this.channel);
	}

	@EventListener
	void onStart(GrpcServerStartedEvent event) {
		this.server = event.getServer();
		this.drain.register(this);
	}

	@EventListener(ApplicationReadyEvent.class)
	void accept() {
		this.channel.accept();
	}

	/**
	 * The server closes connections that reach it after its shutdown, so the event loops
	 * first hand over what was accepted.
	 */
	@Override
	public void end() {
		pass(this.acceptor);
		pass(this.connections);
		Server started = this.server;
		if (started != null) {
			started.shutdown();
		}
	}

	private static void pass(EventLoopGroup loops) {
		for (EventExecutor loop : loops) {
			loop.submit(() -> {
			}).syncUninterruptibly();
		}
	}

	@Override
	public int count() {
		Server started = this.server;
		return (started == null || started.isTerminated()) ? 0 : 1;
	}

}
