package io.unicorn.boot.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import io.unicorn.boot.warmup.OwnServer;
import io.unicorn.worker.DaemonThread;
import org.jspecify.annotations.Nullable;

/**
 * Accepts the warm-up's connections on the loopback interface before the gate is open: a
 * connection to the shared listener may reach any worker. The requests pass through the
 * same connector, filters and servlets as those of clients. Another process of this
 * machine may find the port and connect as well; its requests lack the token and are
 * refused.
 */
public final class LoopbackConnector implements OwnServer {

	private final AcceptGate gate;

	private final Transport transport;

	private final String token = UUID.randomUUID().toString();

	/** Accepted since the last {@link #open}. Guards the listener, too. */
	private final List<SocketChannel> connections = new ArrayList<>();

	private @Nullable ServerSocketChannel listener;

	/** What the connections of a server speak; asked when the server has started. */
	public interface Transport {

		/** Whether it is TLS. */
		boolean isSecure();

		/** Whether the server refuses clients without a certificate. */
		boolean isCertificateRequired();

		/** Whether it is HTTP/2 beside HTTP/1.1. */
		boolean speaksHttp2();

	}

	/**
	 * Create a connector that is closed.
	 * @param gate passes its connections to the server
	 */
	public LoopbackConnector(AcceptGate gate, Transport transport) {
		this.gate = gate;
		this.transport = transport;
	}

	@Override
	public @Nullable String obstacle() {
		return (this.transport.isSecure() && this.transport.isCertificateRequired())
				? "the server asks its clients for certificates, and this worker has none" : null;
	}

	@Override
	public boolean speaksHttp2() {
		return this.transport.speaksHttp2();
	}

	/**
	 * Whether a request is to be served: one of the warm-up or, later, of a client.
	 * @param token what it says to be of the warm-up
	 */
	public boolean admits(@Nullable String token) {
		return this.gate.hasOpened() || this.token.equals(token);
	}

	@Override
	public String token() {
		return this.token;
	}

	@Override
	public URI open() throws IOException {
		close();
		ServerSocketChannel opened = ServerSocketChannel.open();
		synchronized (this.connections) {
			this.listener = opened;
		}
		// By the name that the client will look up.
		InetAddress host = InetAddress.getByName("localhost");
		if (!host.isLoopbackAddress()) {
			throw new IOException("localhost is " + host.getHostAddress());
		}
		opened.bind(new InetSocketAddress(host, 0));
		DaemonThread.start("unicorn-warm-up-acceptor", () -> accept(opened));
		int port = ((InetSocketAddress) opened.getLocalAddress()).getPort();
		return URI.create((this.transport.isSecure() ? "https" : "http") + "://localhost:" + port);
	}

	private void accept(ServerSocketChannel from) {
		try {
			while (true) {
				handOver(from.accept(), from);
			}
		}
		catch (IOException ex) {
			// It was closed.
		}
	}

	private void handOver(SocketChannel connection, ServerSocketChannel from) throws IOException {
		synchronized (this.connections) {
			if (from.isOpen() && this.gate.offer(connection)) {
				this.connections.add(connection);
			}
			else {
				connection.close();
			}
		}
	}

	@Override
	public void close() {
		synchronized (this.connections) {
			closeListener();
			this.connections.forEach(LoopbackConnector::end);
			this.connections.clear();
		}
	}

	private void closeListener() {
		ServerSocketChannel last = this.listener;
		this.listener = null;
		try {
			if (last != null) {
				last.close();
			}
		}
		catch (IOException ex) {
			// Its descriptor is closed in any case.
		}
	}

	/** The server has the connection, and closes it as if the client had gone. */
	private static void end(SocketChannel connection) {
		try {
			connection.shutdownInput();
		}
		catch (IOException ex) {
			// The server has closed it.
		}
	}

}
