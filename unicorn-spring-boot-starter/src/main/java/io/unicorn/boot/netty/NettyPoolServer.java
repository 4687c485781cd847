package io.unicorn.boot.netty;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ServerChannel;
import io.unicorn.boot.server.AcceptGate;
import io.unicorn.boot.server.LoopbackConnector;
import io.unicorn.boot.server.OpenConnections;
import io.unicorn.boot.server.ProxiedConnections;
import io.unicorn.boot.warmup.WarmUp;
import io.unicorn.boot.warmup.WarmUpPlan;
import io.unicorn.worker.DrainableServer;
import io.unicorn.worker.RequestLedger;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/**
 * Serves on an inherited listener, and leaves in order. Knows nothing of Spring.
 */
final class NettyPoolServer implements DrainableServer {

	private final AcceptGate gate;

	private final @Nullable RequestLedger ledger;

	private final LoopbackConnector loopback;

	private final WarmUp warmUp;

	/** How many connections may be open. */
	private final int mostConnections;

	private final OpenConnections<Channel> connections = new OpenConnections<>();

	private final LastingExchanges lasting = new LastingExchanges();

	private volatile boolean ending;

	/** Null if connections have no header of a proxy. */
	private final @Nullable ProxiedConnections proxied;

	NettyPoolServer(AcceptGate gate, @Nullable ProxiedConnections proxied, @Nullable RequestLedger ledger,
			@Nullable Integer mostConnections, LoopbackConnector.Transport transport, WarmUpPlan plan) {
		this.gate = gate;
		this.proxied = proxied;
		this.ledger = ledger;
		this.mostConnections = (mostConnections != null) ? mostConnections : Integer.MAX_VALUE;
		this.loopback = new LoopbackConnector(gate, transport);
		this.warmUp = new WarmUp(plan, this.loopback);
	}

	/** Let a server pass its exchanges through this worker's handlers. */
	HttpServer observing(HttpServer server) {
		return server.childObserve(new ExchangeObserver(this));
	}

	/** Return event loops on which a server serves on the inherited listener. */
	PoolLoops loops(Supplier<LoopResources> loops) {
		return new PoolLoops(loops, () -> new InheritedServerChannel(
				new Acceptor(this.gate, this.proxied, this.connections, this.mostConnections)));
	}

	/** Create what a new connection or stream passes, from the client on. */
	List<ChannelHandler> handlers(Channel channel) {
		List<ChannelHandler> handlers = new ArrayList<>();
		if (!this.gate.hasOpened()) {
			handlers.add(new LoopbackHandler(this.loopback));
		}
		if (this.ledger != null) {
			handlers.add(new RequestLedgerHandler(this.ledger, this.gate));
		}
		handlers.add(new EventStreamHandler(this.lasting, channel));
		handlers.add(new WebSocketHandler(this.lasting, channel));
		if (channel.parent() instanceof ServerChannel) {
			handlers.add(new LastResponseHandler(this::isEnding));
			handlers.add(new NextRequestHandler());
		}
		return handlers;
	}

	/** Whether each response is to be the last one of its connection. */
	boolean isEnding() {
		return this.ending;
	}

	@Override
	public void warmUp() {
		this.warmUp.run();
	}

	@Override
	public void startAccepting() {
		this.gate.open();
	}

	@Override
	public void endConnections() {
		this.ending = true;
		this.connections.forEach(GoAway::send);
	}

	@Override
	public void stopAccepting() {
		this.gate.close();
		this.warmUp.stop();
		endConnections();
		this.lasting.end();
		IdleConnections.closeLater(this.connections);
	}

	@Override
	public int awaitNoConnections(Duration timeout) {
		if (!this.gate.hasOpened()) {
			// No client waits for the answer to a request of the warm-up.
			return 0;
		}
		return this.connections.awaitNone(timeout);
	}

	@Override
	public int connections() {
		return this.connections.count() + this.gate.waiting();
	}

}
