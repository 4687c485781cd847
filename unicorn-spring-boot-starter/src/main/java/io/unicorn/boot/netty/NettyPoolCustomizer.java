package io.unicorn.boot.netty;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.function.Supplier;

import io.unicorn.boot.server.AcceptGate;
import io.unicorn.boot.server.ServerTuning;
import io.unicorn.boot.warmup.WarmUpPlan;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.worker.AcceptDelay;
import io.unicorn.worker.InheritedListeners;
import io.unicorn.worker.RequestLedger;
import io.unicorn.worker.WorkerAgent;
import org.jspecify.annotations.Nullable;
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

	private final WorkerAgent agent;

	private final Supplier<LoopResources> loops;

	private final String listener;

	private final AcceptDelay delay;

	private final @Nullable RequestLedger ledger;

	private final ServerTuning tuning;

	private final WarmUpPlan warmUp;

	private NettyPoolCustomizer(WorkerAgent agent, Supplier<LoopResources> loops, String listener, AcceptDelay delay,
			@Nullable RequestLedger ledger, ServerTuning tuning, WarmUpPlan warmUp) {
		this.agent = agent;
		this.loops = loops;
		this.listener = listener;
		this.delay = delay;
		this.ledger = ledger;
		this.tuning = tuning;
		this.warmUp = warmUp;
	}

	/**
	 * Return a customizer for the application's own server.
	 * @param loops the event loops of the application, asked for when the server starts
	 */
	public static NettyPoolCustomizer forApplication(WorkerAgent agent, Supplier<LoopResources> loops,
			AcceptDelay delay, RequestLedger ledger, ServerTuning tuning, WarmUpPlan warmUp) {
		return new NettyPoolCustomizer(agent, loops, LaunchPlan.HTTP, delay, ledger, tuning, warmUp);
	}

	/**
	 * Return a customizer for a management server on a port of its own. Its requests are
	 * not counted: probes must not use up a worker's max-requests.
	 * @param loops the event loops of the application, asked for when the server starts
	 */
	public static NettyPoolCustomizer forManagement(WorkerAgent agent, Supplier<LoopResources> loops) {
		return new NettyPoolCustomizer(agent, loops, LaunchPlan.MANAGEMENT, AcceptDelay.none(), null, ServerTuning.NONE,
				WarmUpPlan.NONE);
	}

	@Override
	public void customize(NettyReactiveWebServerFactory factory) {
		factory.addServerCustomizers((server) -> customize(server, factory));
	}

	private HttpServer customize(HttpServer server, NettyReactiveWebServerFactory factory) {
		NettyPoolServer pooled = new NettyPoolServer(gate(), this.ledger, this.tuning.connections(),
				new NettyTransport(factory), this.warmUp);
		// Spring Boot asks for it later, when it has created the server.
		factory.setResourceFactory(new PoolResources(pooled.loops(this.loops)));
		this.agent.register(pooled);
		return pooled.observing(server);
	}

	private AcceptGate gate() {
		try {
			InheritedListeners listeners = new InheritedListeners(
					System.getProperty(WorkerCommand.LISTENERS_PROPERTY, ""));
			ServerSocketChannel taken = listeners.take(this.listener);
			if (taken.getLocalAddress() instanceof UnixDomainSocketAddress) {
				throw new IOException(
						"the server and its handlers expect addresses of TCP, so unicorn.bind cannot be a "
								+ "Unix socket");
			}
			return new AcceptGate(taken, this.delay);
		}
		catch (IOException ex) {
			throw new IllegalStateException("Reactor Netty cannot listen for the pool: " + ex.getMessage(), ex);
		}
	}

	/** After Spring Boot's own customizers, whose settings are overridden. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
