package io.unicorn.boot.tomcat;

import java.time.Duration;

import io.unicorn.worker.DrainableServer;
import org.apache.coyote.http11.Http11NioProtocol;

/**
 * HTTP/1.1, and HTTP/2 where it is upgraded to, on an inherited listener. Tomcat creates
 * it by name, so it is public and has a constructor without arguments.
 */
public class PoolHttp11Protocol extends Http11NioProtocol implements DrainableServer {

	private final InheritedEndpoint endpoint;

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

	void attach(AcceptGate gate) {
		this.endpoint.attach(gate);
	}

	@Override
	public void startAccepting() {
		this.endpoint.gate().open();
	}

	@Override
	public void stopAccepting() {
		this.endpoint.gate().close();
		// Makes every further response end its connection, and HTTP/2 say goodbye. Not
		// preceded by pause(), which would drop requests that have just been read.
		closeServerSocketGraceful();
	}

	@Override
	public int awaitNoConnections(Duration timeout) {
		awaitConnectionsClose(timeout.toMillis());
		return this.endpoint.openConnections();
	}

	@Override
	public int connections() {
		return this.endpoint.openConnections();
	}

}
