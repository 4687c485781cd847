package io.unicorn.boot.netty;

import java.time.Duration;
import java.util.function.Supplier;

import io.unicorn.boot.server.ServerSetup;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * Makes Reactor Netty serve on a listener that the master has opened, and registers it
 * with the agent, which drains it.
 */
public final class NettyPoolCustomizer implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, Ordered {

	private final ServerSetup setup;

	private final Supplier<LoopResources> loops;

	/**
	 * Create a customizer for a server with this setup.
	 * @param loops the event loops of the application, asked for when the server starts
	 */
	public NettyPoolCustomizer(ServerSetup setup, Supplier<LoopResources> loops) {
		this.setup = setup;
		this.loops = loops;
	}

	@Override
	public void customize(NettyReactiveWebServerFactory factory) {
		factory.addServerCustomizers((server) -> customize(server, factory));
	}

	private HttpServer customize(HttpServer server, NettyReactiveWebServerFactory factory) {
		NettyPoolServer pooled = new NettyPoolServer(this.setup.gate(this.setup.listener(), Duration.ZERO, () -> true),
				this.setup.proxied(), this.setup.ledger(), this.setup.tuning().connections(),
				new NettyTransport(factory), this.setup.warmUp());
		// Spring Boot asks for it later, when it has created the server.
		factory.setResourceFactory(new PoolResources(pooled.loops(this.loops)));
		this.setup.agent().register(pooled);
		return pooled.observing(server);
	}

	/** After Spring Boot's own customizers, whose settings are overridden. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
