package io.unicorn.boot.server;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A connection that was accepted, and whose client has not sent yet what it has to send
 * before the server gets it: the header of its proxy, anything at all, or both. Not
 * thread-safe.
 */
final class SilentClient {

	private final SocketChannel connection;

	private final SelectionKey key;

	/** How long it may be silent after the header, zero if it need not send anything. */
	private final Duration silence;

	private final @Nullable ProxiedConnections proxied;

	/** Until it is complete. */
	private @Nullable ProxyHeader header;

	/** When to give up, of {@link System#nanoTime()}. */
	private long until;

	SilentClient(SocketChannel connection, Selector selector, Duration silence, @Nullable ProxiedConnections proxied)
			throws IOException {
		this.connection = connection;
		this.silence = silence;
		this.proxied = proxied;
		this.header = (proxied != null) ? proxied.header() : null;
		this.until = System.nanoTime() + ((proxied != null) ? proxied.timeForHeader() : silence).toNanos();
		connection.configureBlocking(false);
		this.key = connection.register(selector, SelectionKey.OP_READ, this);
	}

	/** Whether its header is still to be read. */
	boolean owesHeader() {
		return this.header != null;
	}

	/** Return the time for which it may still be silent, in nanoseconds. */
	long nanosLeft(long now) {
		return this.until - now;
	}

	/** Whether the connection is open: not if the header was refused. */
	boolean isOpen() {
		return this.connection.isOpen();
	}

	/** Wait for a header and nothing else. */
	void awaitHeaderOnly() {
		if (this.key.isValid()) {
			this.key.interestOps(owesHeader() ? SelectionKey.OP_READ : 0);
		}
	}

	/**
	 * Whether the client has sent what it has to; called when there is something to read.
	 * What of it is a header is read, and the connection is closed if it is none.
	 */
	boolean hasSpoken() throws IOException {
		if (this.header == null || this.proxied == null) {
			return true;
		}
		try {
			if (!this.header.readFrom(this.connection)) {
				return false;
			}
			ProxyAddresses addresses = this.header.addresses();
			if (addresses != null) {
				this.proxied.put(this.connection, addresses);
			}
			this.header = null;
			this.until = System.nanoTime() + this.silence.toNanos();
			return this.silence.isZero();
		}
		catch (ProxyHeaderException ex) {
			this.proxied.refuse(this.connection, String.valueOf(ex.getMessage()));
		}
		catch (IOException ex) {
			// The client has left, as those do that only look whether the port is open.
			this.connection.close();
		}
		return false;
	}

	/** Close the connection: its time is over. */
	void giveUp() throws IOException {
		if (this.header != null && this.proxied != null) {
			this.proxied.refuse(this.connection, "sent no PROXY header in time");
		}
		this.connection.close();
	}

	/** Return the connection in blocking mode, so that the server can use it. */
	SocketChannel release(Selector selector) throws IOException {
		this.key.cancel();
		// Forgets the cancelled key; what becomes ready meanwhile stays selected.
		selector.selectNow();
		this.connection.configureBlocking(true);
		return this.connection;
	}

}
