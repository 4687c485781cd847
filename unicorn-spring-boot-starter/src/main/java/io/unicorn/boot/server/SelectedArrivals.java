package io.unicorn.boot.server;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * Accepts from several listeners, or leaves clients aside until they have sent the header
 * of their proxy or anything at all, by a selector. The selector is only asked in
 * {@link #accept}, so a server that is busy takes no connection from the backlog, and
 * other workers accept it.
 * <p>
 * The listeners become non-blocking for all workers that share them. A worker that
 * accepts with a blocking call waits in {@code poll} then, as the JDK provides.
 */
final class SelectedArrivals implements Arrivals {

	/**
	 * With more silent clients, nothing more is accepted until one speaks or is closed.
	 */
	private static final int MOST_SILENT = 500;

	/**
	 * How long the first bytes of a connection may take before the next one is accepted.
	 * A client that sends its request at once is served, and the next connection is left
	 * to another worker.
	 */
	private static final Duration FIRST_BYTE = Duration.ofMillis(5);

	/** How long a leaving worker waits for the headers of proxies that have connected. */
	private static final Duration LAST_HEADER = Duration.ofSeconds(1);

	private final Selector selector;

	private final List<SelectionKey> listeners = new ArrayList<>();

	/** Zero if clients may be silent. */
	private final Duration silence;

	private final @Nullable ProxiedConnections proxied;

	/** Held while the selector and what it has selected are used. */
	private final ReentrantLock selecting = new ReentrantLock();

	/** Accepted and not returned; guarded by the lock. */
	private final List<SilentClient> silent = new ArrayList<>();

	/** When to accept again, of {@link System#nanoTime()}. */
	private long nextAccept = System.nanoTime();

	private volatile int waiting;

	/** Set before the selector is woken up. */
	private volatile boolean closed;

	SelectedArrivals(List<ServerSocketChannel> listeners, Duration silence) throws IOException {
		this(listeners, silence, null);
	}

	/**
	 * Create.
	 * @param silence how long a client may be silent, after the header if there is one,
	 * or zero if its connection is returned without having sent anything
	 * @param proxied reads the headers of proxies, or {@code null} for none
	 */
	SelectedArrivals(List<ServerSocketChannel> listeners, Duration silence, @Nullable ProxiedConnections proxied)
			throws IOException {
		this.proxied = proxied;
		this.selector = Selector.open();
		this.silence = silence;
		for (ServerSocketChannel listener : listeners) {
			listener.configureBlocking(false);
			this.listeners.add(listener.register(this.selector, SelectionKey.OP_ACCEPT));
		}
	}

	@Override
	public SocketChannel accept() throws IOException {
		this.selecting.lock();
		try {
			while (!this.closed) {
				// A client may have sent something while the server was busy.
				this.selector.selectNow();
				SocketChannel next = next();
				if (next != null) {
					return next;
				}
				closeSilent();
				listenIfAllowed();
				this.waiting = this.silent.size();
				if (!this.closed) {
					this.selector.select(millisToWait());
				}
				if (Thread.currentThread().isInterrupted()) {
					// As of a blocking call; no selection waits any more.
					throw new ClosedByInterruptException();
				}
			}
			throw new ClosedChannelException();
		}
		finally {
			this.waiting = this.silent.size();
			this.selecting.unlock();
		}
	}

	/** Return a connection of what was selected last, if there is one. */
	private @Nullable SocketChannel next() throws IOException {
		List<SelectionKey> selected = List.copyOf(this.selector.selectedKeys());
		this.selector.selectedKeys().clear();
		for (SelectionKey key : selected) {
			if (key.attachment() instanceof SilentClient client && hasSpoken(client)) {
				this.silent.remove(client);
				return client.release(this.selector);
			}
		}
		for (SelectionKey key : selected) {
			if (key.channel() instanceof ServerSocketChannel listener) {
				SocketChannel connection = listener.accept();
				// There is none if another worker was faster.
				if (connection != null) {
					return welcome(connection);
				}
			}
		}
		return null;
	}

	private boolean hasSpoken(SilentClient client) throws IOException {
		boolean spoken = client.hasSpoken();
		if (!client.isOpen()) {
			this.silent.remove(client);
		}
		if (spoken || !client.isOpen()) {
			this.nextAccept = System.nanoTime();
		}
		return spoken;
	}

	/** Return a connection that has just been accepted, unless something is awaited. */
	private @Nullable SocketChannel welcome(SocketChannel connection) throws IOException {
		if (this.proxied == null && this.silence.isZero()) {
			return connection;
		}
		if (this.proxied != null && !this.proxied.admits(connection)) {
			return null;
		}
		this.silent.add(new SilentClient(connection, this.selector, this.silence, this.proxied));
		this.nextAccept = System.nanoTime() + FIRST_BYTE.toNanos();
		return null;
	}

	private void listenIfAllowed() {
		boolean allowed = this.silent.size() < MOST_SILENT && this.nextAccept - System.nanoTime() <= 0;
		this.listeners.forEach((listener) -> listener.interestOps(allowed ? SelectionKey.OP_ACCEPT : 0));
	}

	private void closeSilent() throws IOException {
		long now = System.nanoTime();
		List<SilentClient> late = this.silent.stream().filter((client) -> client.nanosLeft(now) <= 0).toList();
		this.silent.removeAll(late);
		for (SilentClient client : late) {
			client.giveUp();
		}
	}

	/** Return how long to wait for a selection, 0 for as long as it takes. */
	private long millisToWait() {
		if (this.silent.isEmpty()) {
			return 0;
		}
		long now = System.nanoTime();
		long nanos = this.silent.stream().mapToLong((client) -> client.nanosLeft(now)).min().orElse(0);
		if (this.silent.size() < MOST_SILENT && this.nextAccept - now > 0) {
			nanos = Math.min(nanos, this.nextAccept - now);
		}
		return 1 + Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanos));
	}

	@Override
	public boolean haveArrived() {
		this.selecting.lock();
		try {
			if (!this.closed) {
				this.selector.selectNow();
			}
			return this.closed || !this.selector.selectedKeys().isEmpty();
		}
		catch (IOException ex) {
			// Seen again by the next accept.
			return true;
		}
		finally {
			this.selecting.unlock();
		}
	}

	@Override
	public int waiting() {
		return this.waiting;
	}

	@Override
	public List<SocketChannel> close() throws IOException {
		this.closed = true;
		this.selector.wakeup();
		this.selecting.lock();
		try {
			List<SocketChannel> left = new ArrayList<>();
			if (!this.selector.isOpen()) {
				return left;
			}
			for (SelectionKey listener : this.listeners) {
				listener.channel().close();
			}
			readLastHeaders(System.nanoTime() + LAST_HEADER.toNanos());
			for (SilentClient client : this.silent) {
				if (client.owesHeader()) {
					client.giveUp();
				}
				else {
					left.add(client.release(this.selector));
				}
			}
			this.silent.clear();
			this.waiting = 0;
			this.selector.close();
			return left;
		}
		finally {
			this.selecting.unlock();
		}
	}

	/**
	 * A proxy that has just connected is about to send its header and the request of its
	 * client, and no other worker can serve it.
	 */
	private void readLastHeaders(long until) throws IOException {
		this.silent.forEach(SilentClient::awaitHeaderOnly);
		while (this.silent.stream().anyMatch(SilentClient::owesHeader) && until - System.nanoTime() > 0) {
			this.selector.select(1 + TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime()));
			for (SelectionKey key : this.selector.selectedKeys()) {
				if (key.attachment() instanceof SilentClient client && client.owesHeader()) {
					hasSpoken(client);
					client.awaitHeaderOnly();
				}
			}
			this.selector.selectedKeys().clear();
		}
	}

}
