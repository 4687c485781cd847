package io.unicorn.boot.tomcat;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;

import io.unicorn.boot.server.AcceptGate;
import io.unicorn.boot.server.ProxiedConnections;
import io.unicorn.boot.server.ProxyAddresses;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections from a listener that other processes share. To stop, it closes its
 * copy of the listener. Tomcat's own endpoint wakes its acceptor by a connection to its
 * own port, which another worker would accept.
 */
final class InheritedEndpoint extends NioEndpoint {

	private @Nullable AcceptGate gate;

	/** Null if connections have no header of a proxy. */
	private @Nullable ProxiedConnections proxied;

	private @Nullable ConnectionAddresses addresses;

	/**
	 * The path of the Unix socket whose connection the acceptor thread hands over, or
	 * {@code null} while it hands over none.
	 */
	private volatile @Nullable String unixPath;

	void attach(AcceptGate gate) {
		this.gate = gate;
	}

	/** Show the addresses in the headers of proxies as those of the connections. */
	void show(ProxiedConnections connections) {
		this.addresses = new ConnectionAddresses();
		this.proxied = connections;
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

	/** Called before a thread begins with a request. */
	@Override
	public boolean processSocket(SocketWrapperBase<NioChannel> connection, SocketEvent event, boolean dispatch) {
		if (this.proxied != null && this.addresses != null) {
			ProxyAddresses said = this.proxied.take(connection.getSocket().getIOChannel());
			if (said != null) {
				this.addresses.set(connection, said);
			}
		}
		return super.processSocket(connection, event, dispatch);
	}

	/**
	 * Tomcat asks while it takes over a connection, and then leaves out what the JDK
	 * offers for TCP alone; the client's address is 127.0.0.1. The connections of the
	 * warm-up are TCP, whatever the listener is.
	 */
	@Override
	public @Nullable String getUnixDomainSocketPath() {
		return this.unixPath;
	}

	private static @Nullable String unixPath(SocketChannel socket) {
		try {
			return (socket.getLocalAddress() instanceof UnixDomainSocketAddress unix) ? unix.getPath().toString()
					: null;
		}
		catch (IOException ex) {
			// Tomcat closes the connection.
			return null;
		}
	}

	@Override
	protected boolean setSocketOptions(SocketChannel socket) {
		this.unixPath = unixPath(socket);
		try {
			return super.setSocketOptions(socket);
		}
		finally {
			this.unixPath = null;
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
