package io.unicorn.boot.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The connections that begin with a header of the PROXY protocol. Says whose header is
 * believed, closes connections without a valid one, and keeps what the headers say until
 * the server takes it. Thread-safe.
 */
public final class ProxiedConnections {

	/** The shortest time between two lines about connections that were closed. */
	static final Duration PAUSE = Duration.ofSeconds(10);

	private static final Log logger = LogFactory.getLog(ProxiedConnections.class);

	/** Long enough for a packet to be sent again. */
	private static final Duration TIME_FOR_HEADER = Duration.ofSeconds(5);

	private final ProxyProtocol protocol;

	private final TrustedPeers trusted;

	private final Duration timeForHeader;

	/** Weak, because the server may close a connection without having asked. */
	private final Map<SocketChannel, ProxyAddresses> addresses = Collections.synchronizedMap(new WeakHashMap<>());

	/** Closed since the last line; guarded by this. */
	private int refused;

	private long nextLine = System.nanoTime();

	/**
	 * Create.
	 * @param protocol which versions of the header are read, not {@code OFF}
	 * @param allowed whose headers are believed, see {@link TrustedPeers#isValid}
	 */
	public ProxiedConnections(ProxyProtocol protocol, List<String> allowed) {
		this(protocol, allowed, TIME_FOR_HEADER);
	}

	ProxiedConnections(ProxyProtocol protocol, List<String> allowed, Duration timeForHeader) {
		this.protocol = protocol;
		this.trusted = new TrustedPeers(allowed);
		this.timeForHeader = timeForHeader;
	}

	/**
	 * Return the addresses in the header of a connection that a server has taken, or
	 * {@code null} if it has none, as those of the warm-up, or if the proxy says that the
	 * addresses of the connection itself hold. They are forgotten then.
	 * @param connection the connection, or {@code null} if it is closed
	 */
	public @Nullable ProxyAddresses take(@Nullable SocketChannel connection) {
		return this.addresses.remove(connection);
	}

	/**
	 * Return the same, for a server that asks again for each request.
	 * @param connection the connection, or {@code null} if it is closed
	 */
	public @Nullable ProxyAddresses find(@Nullable SocketChannel connection) {
		return this.addresses.get(connection);
	}

	void put(SocketChannel connection, ProxyAddresses said) {
		this.addresses.put(connection, said);
	}

	/** Return the header of a new connection. */
	ProxyHeader header() {
		return new ProxyHeader(this.protocol);
	}

	/** Return how long a proxy may take for its header. */
	Duration timeForHeader() {
		return this.timeForHeader;
	}

	/** Whether the peer's header is to be believed; if not, the connection is closed. */
	boolean admits(SocketChannel connection) throws IOException {
		boolean trusts = this.trusted.contains(connection.getRemoteAddress());
		if (!trusts) {
			refuse(connection, "is not of unicorn.proxy-allow-ips");
		}
		return trusts;
	}

	/**
	 * Close a connection without an answer.
	 * @param reason continues a sentence about it
	 */
	void refuse(SocketChannel connection, String reason) throws IOException {
		SocketAddress peer = connection.getRemoteAddress();
		connection.close();
		String line = line(peer, reason, System.nanoTime());
		if (line != null) {
			logger.warn(line);
		}
	}

	/** Return a line for the log, or {@code null} if there was one a moment ago. */
	synchronized @Nullable String line(SocketAddress peer, String reason, long nanoTime) {
		this.refused++;
		if (nanoTime - this.nextLine < 0) {
			return null;
		}
		String line = "Connections closed because of unicorn.proxy-protocol: " + this.refused
				+ "; the last of them, from " + text(peer) + ", " + reason;
		this.refused = 0;
		this.nextLine = nanoTime + PAUSE.toNanos();
		return line;
	}

	private static String text(SocketAddress peer) {
		return (peer instanceof InetSocketAddress address)
				? address.getAddress().getHostAddress() + ":" + address.getPort() : "a Unix socket";
	}

}
