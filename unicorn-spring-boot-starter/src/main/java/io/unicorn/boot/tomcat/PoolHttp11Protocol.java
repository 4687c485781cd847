package io.unicorn.boot.tomcat;

import java.time.Duration;

import io.unicorn.boot.warmup.WarmUp;
import io.unicorn.boot.warmup.WarmUpPlan;
import io.unicorn.worker.DrainableServer;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http2.Http2Protocol;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1, and HTTP/2 where it is upgraded to, on an inherited listener. Tomcat creates
 * it by name, so it is public and has a constructor without arguments.
 */
public class PoolHttp11Protocol extends Http11NioProtocol implements DrainableServer {

	/**
	 * After a client was told to begin no more streams on its HTTP/2 connection, those
	 * that it begins are served for so long. Tomcat allows for no more than the time to
	 * the client and back, and some clients have written ahead.
	 */
	private static final Duration HTTP2_LAST_STREAMS = Duration.ofSeconds(1);

	/** How often a worker without room for a client looks whether there is some. */
	private static final Duration ROOM_CHECK = Duration.ofMillis(50);

	private final InheritedEndpoint endpoint;

	private volatile @Nullable Farewell farewell;

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

	void attach(AcceptGate gate, Farewell farewell) {
		this.endpoint.attach(gate);
		this.farewell = farewell;
	}

	void warmUpBy(WarmUpPlan plan) {
		this.warmUp = new WarmUp(plan, new SideEntrance(this.endpoint.gate(), this));
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
	 * Asked for at the head of each request: with 1, its response ends the connection.
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
	 * Of class sync, a request of the warm-up that still runs keeps all clients out. A
	 * worker in which it never ends is not ready, and its boot-timeout sees to it.
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
		this.endpoint.gate().close();
		WarmUp current = this.warmUp;
		if (current != null) {
			current.stop();
		}
		// Before anything that may have to wait for a client.
		this.ending = true;
		// Makes every further response end its connection, and HTTP/2 say goodbye. Not
		// preceded by pause(), which would drop requests that have just been read.
		closeServerSocketGraceful();
		Farewell last = this.farewell;
		if (last != null) {
			last.begin(this.endpoint);
		}
	}

	@Override
	public int awaitNoConnections(Duration timeout) {
		if (!hasClients()) {
			// Nobody misses the answer to a request of the warm-up.
			return 0;
		}
		awaitConnectionsClose(timeout.toMillis());
		return this.endpoint.openConnections();
	}

	@Override
	public int connections() {
		return this.endpoint.openConnections();
	}

}
