package io.unicorn.boot.tomcat;

import java.io.IOException;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;

import io.unicorn.boot.server.AcceptGate;
import org.apache.tomcat.util.net.NioEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections from a listener that other processes share. To stop, it closes its
 * copy of the listener. Tomcat's own endpoint wakes its acceptor by a connection to its
 * own port, which another worker would accept.
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
	 * Tell HTTP/2 clients, with a GOAWAY frame, to begin no more streams. Each connection
	 * gets the frame once.
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
		return gate().accept(openConnections(), this::isRunning);
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
		gate().closeListeners();
	}

}
