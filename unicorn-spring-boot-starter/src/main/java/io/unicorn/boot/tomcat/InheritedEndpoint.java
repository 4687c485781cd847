package io.unicorn.boot.tomcat;

import java.io.IOException;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;

import org.apache.tomcat.util.net.NioEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint on a listener that other processes share. Tomcat's own way of stopping
 * accepts a connection and throws it away: it wakes its acceptor by connecting to its own
 * port, which another worker answers. Here the listener is closed instead.
 */
final class InheritedEndpoint extends NioEndpoint {

	private @Nullable AcceptGate gate;

	void attach(AcceptGate gate) {
		this.gate = gate;
	}

	AcceptGate gate() {
		if (this.gate == null) {
			throw new IllegalStateException("no listener was inherited");
		}
		return this.gate;
	}

	int openConnections() {
		return this.connections.size();
	}

	/**
	 * Tell HTTP/2 clients to begin nothing more on their connections. Each is told once.
	 */
	void announceEnd() {
		getHandler().pause();
	}

	@Override
	protected void initServerSocket() {
		gate();
	}

	@Override
	protected NetworkChannel getServerSocket() {
		return gate().listener();
	}

	@Override
	protected SocketChannel serverSocketAccept() throws Exception {
		return gate().accept(this::isRunning);
	}

	@Override
	protected void countUpOrAwaitConnection() throws InterruptedException {
		super.countUpOrAwaitConnection();
		gate().turns().opened();
	}

	@Override
	protected long countDownConnection() {
		gate().turns().closed();
		return super.countDownConnection();
	}

	@Override
	protected boolean setSocketOptions(SocketChannel socket) {
		try {
			return super.setSocketOptions(socket);
		}
		finally {
			gate().handedOver();
		}
	}

	@Override
	protected void destroySocket(SocketChannel socket) {
		try {
			super.destroySocket(socket);
		}
		finally {
			gate().handedOver();
		}
	}

	@Override
	protected void unlockAccept() {
		gate().release();
	}

	@Override
	protected void doCloseServerSocket() throws IOException {
		gate().listener().close();
	}

}
