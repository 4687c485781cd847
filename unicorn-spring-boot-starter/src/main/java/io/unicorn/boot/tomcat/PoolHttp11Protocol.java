package io.unicorn.boot.tomcat;

import java.time.Duration;

import io.unicorn.boot.server.AcceptGate;
import io.unicorn.boot.server.LoopbackConnector;
import io.unicorn.boot.server.ProxiedConnections;
import io.unicorn.boot.warmup.WarmUp;
import io.unicorn.boot.warmup.WarmUpPlan;
import io.unicorn.worker.DrainableServer;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.threads.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Serves HTTP/1.1, and HTTP/2 after an upgrade, on an inherited listener. Tomcat creates
 * the class by name, so it is public and has a constructor without arguments.
 */
public class PoolHttp11Protocol extends Http11NioProtocol implements DrainableServer {

	/**
	 * How long streams are served that a client begins after the GOAWAY of its HTTP/2
	 * connection. Tomcat allows one round trip, and some clients have sent more ahead.
	 */
	private static final Duration HTTP2_LAST_STREAMS = Duration.ofSeconds(1);

	/** The time after which a worker without a free connection checks for one. */
	private static final Duration ROOM_CHECK = Duration.ofMillis(50);

	/** Tomcat's value of max-connections for no limit. */
	private static final int UNLIMITED = -1;

	private final InheritedEndpoint endpoint;

	private volatile @Nullable ConnectionTerminator terminator;

	private volatile @Nullable LoopbackConnector loopback;

	private volatile @Nullable WarmUp warmUp;

	private volatile boolean ending;

	/**
	 * Create a protocol that has no listener yet.
	 */
	public PoolHttp11Protocol() {
		this(new InheritedEndpoint());
	}

	private PoolHttp11Protocol(InheritedEndpoint endpoint) {
		super(endpoint);
		this.endpoint = endpoint;
	}

	void attach(AcceptGate gate, ConnectionTerminator terminator) {
		this.endpoint.attach(gate);
		this.terminator = terminator;
	}

	/** Show the addresses in the headers of proxies as those of the connections. */
	void show(ProxiedConnections connections) {
		this.endpoint.show(connections);
	}

	void warmUpBy(WarmUpPlan plan) {
		LoopbackConnector connector = new LoopbackConnector(this.endpoint.gate(), new TomcatTransport(this));
		this.loopback = connector;
		this.warmUp = new WarmUp(plan, connector);
	}

	/**
	 * Whether a request is to be served: one of the warm-up or, later, of a client.
	 * @param token what it says to be of the warm-up
	 */
	boolean admits(@Nullable String token) {
		LoopbackConnector connector = this.loopback;
		return (connector != null) ? connector.admits(token) : hasClients();
	}

	/**
	 * Whether clients are served, or were before this worker was told to leave. Until
	 * then, what is served are requests of the warm-up.
	 */
	boolean hasClients() {
		return this.endpoint.gate().hasOpened();
	}

	@Override
	public void addUpgradeProtocol(UpgradeProtocol protocol) {
		if (protocol instanceof Http2Protocol http2 && http2.getDrainTimeout() == 0) {
			http2.setDrainTimeout(HTTP2_LAST_STREAMS.toNanos());
		}
		super.addUpgradeProtocol(protocol);
	}

	/**
	 * Tomcat asks at the start of each request; 1 makes its response end the connection.
	 */
	@Override
	public int getMaxKeepAliveRequests() {
		return this.ending ? 1 : super.getMaxKeepAliveRequests();
	}

	@Override
	public void warmUp() {
		WarmUp current = this.warmUp;
		if (current != null) {
			current.run();
			awaitRoom();
		}
	}

	/**
	 * In class sync, a request of the warm-up that still runs takes the only connection.
	 * If it never ends, the worker is not ready, and boot-timeout ends the worker.
	 */
	private void awaitRoom() {
		int most = getMaxConnections();
		while (most > 0 && connections() >= most && !this.endpoint.gate().isClosed()) {
			awaitConnectionsClose(ROOM_CHECK.toMillis());
		}
	}

	@Override
	public void startAccepting() {
		this.endpoint.gate().open();
	}

	@Override
	public void endConnections() {
		this.ending = true;
		this.endpoint.announceEnd();
	}

	@Override
	public void stopAccepting() {
		// Silent clients, which the gate passes on when it is closed, may be more.
		setMaxConnections(UNLIMITED);
		this.endpoint.gate().close();
		WarmUp current = this.warmUp;
		if (current != null) {
			current.stop();
		}
		// Before anything that may have to wait for a client.
		this.ending = true;
		// Makes every further response end its connection, and sends GOAWAY on HTTP/2.
		// Without pause() before, which would drop requests that have just been read.
		closeServerSocketGraceful();
		ConnectionTerminator last = this.terminator;
		if (last != null) {
			last.begin(this.endpoint);
		}
	}

	@Override
	public int awaitNoConnections(Duration timeout) {
		if (!hasClients()) {
			// No client waits for the answer to a request of the warm-up.
			return 0;
		}
		awaitConnectionsClose(timeout.toMillis());
		return this.endpoint.openConnections();
	}

	@Override
	public int connections() {
		return this.endpoint.openConnections() + this.endpoint.gate().waiting();
	}

	/**
	 * Whether a thread is free, so that the next request does not wait for one.
	 */
	boolean hasFreeThread() {
		return !(getExecutor() instanceof ThreadPoolExecutor pool)
				|| pool.getSubmittedCount() < pool.getMaximumPoolSize();
	}

}
