package io.unicorn.boot.netty;

import java.nio.channels.ServerSocketChannel;
import java.util.function.Consumer;

import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.unicorn.boot.server.Gates;
import io.unicorn.boot.server.LoopbackConnector;
import io.unicorn.boot.warmup.WarmUpPlan;
import io.unicorn.worker.RequestLedger;
import org.jspecify.annotations.Nullable;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRoutes;
import reactor.netty.resources.LoopResources;

/**
 * A Reactor Netty on a listener that it was given, as in a worker.
 */
final class PooledNetty implements AutoCloseable {

	private static final LoopResources LOOPS = LoopResources.create("pooled-netty", 2, true);

	private final NettyPoolServer server;

	private final DisposableServer bound;

	PooledNetty(ServerSocketChannel listener, RequestLedger ledger, Consumer<HttpServerRoutes> routes) {
		this(listener, ledger, null, WarmUpPlan.NONE, routes);
	}

	PooledNetty(ServerSocketChannel listener, RequestLedger ledger, @Nullable Integer mostConnections, WarmUpPlan plan,
			Consumer<HttpServerRoutes> routes) {
		this.server = new NettyPoolServer(Gates.on(listener), null, ledger, mostConnections, new Cleartext(), plan);
		this.bound = this.server
			.observing(HttpServer.create().protocol(HttpProtocol.HTTP11, HttpProtocol.H2C).route(routes))
			// As Spring Boot does; without it Netty cuts the streams of a connection that
			// is
			// closed.
			.channelGroup(new DefaultChannelGroup(GlobalEventExecutor.INSTANCE))
			.runOn(this.server.loops(() -> LOOPS))
			.bindNow();
	}

	NettyPoolServer server() {
		return this.server;
	}

	int port() {
		return this.bound.port();
	}

	@Override
	public void close() {
		this.bound.disposeNow();
	}

	private static final class Cleartext implements LoopbackConnector.Transport {

		@Override
		public boolean isSecure() {
			return false;
		}

		@Override
		public boolean isCertificateRequired() {
			return false;
		}

		@Override
		public boolean speaksHttp2() {
			return true;
		}

	}

}
