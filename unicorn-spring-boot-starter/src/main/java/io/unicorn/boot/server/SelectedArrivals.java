package io.unicorn.boot.server;

import java.io.IOException;
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
 * Accepts from several listeners, or leaves silent clients aside until they send
 * something, by a selector. The selector is only asked in {@link #accept}, so a server
 * that is busy takes no connection from the backlog, and other workers accept it.
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

	private final Selector selector;

	private final List<SelectionKey> listeners = new ArrayList<>();

	/** Zero if connections are returned at once. */
	private final Duration silence;

	/** Held while the selector and what it has selected are used. */
	private final ReentrantLock selecting = new ReentrantLock();

	/** Silent clients in the order of their arrival; guarded by the lock. */
	private final List<Silent> silent = new ArrayList<>();

	/** When to accept again, of {@link System#nanoTime()}. */
	private long nextAccept = System.nanoTime();

	private volatile int waiting;

	/** Set before the selector is woken up. */
	private volatile boolean closed;

	/** A client that has sent nothing yet. */
	private record Silent(SocketChannel connection, SelectionKey key, long until) {

	}

	SelectedArrivals(List<ServerSocketChannel> listeners, Duration silence) throws IOException {
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
			if (key.channel() instanceof SocketChannel connection) {
				this.silent.removeIf((each) -> each.key() == key);
				this.nextAccept = System.nanoTime();
				return released(key, connection);
			}
		}
		for (SelectionKey key : selected) {
			SocketChannel connection = ((ServerSocketChannel) key.channel()).accept();
			// There is none if another worker was faster.
			if (connection != null && this.silence.isZero()) {
				return connection;
			}
			if (connection != null) {
				await(connection);
				return null;
			}
		}
		return null;
	}

	private void await(SocketChannel connection) throws IOException {
		connection.configureBlocking(false);
		SelectionKey key = connection.register(this.selector, SelectionKey.OP_READ);
		long now = System.nanoTime();
		this.silent.add(new Silent(connection, key, now + this.silence.toNanos()));
		this.nextAccept = now + FIRST_BYTE.toNanos();
	}

	private void listenIfAllowed() {
		boolean allowed = this.silent.size() < MOST_SILENT && this.nextAccept - System.nanoTime() <= 0;
		this.listeners.forEach((listener) -> listener.interestOps(allowed ? SelectionKey.OP_ACCEPT : 0));
	}

	/** Return the connection in blocking mode, so that the server can use it. */
	private SocketChannel released(SelectionKey key, SocketChannel connection) throws IOException {
		key.cancel();
		// Forgets the cancelled key; what becomes ready meanwhile stays selected.
		this.selector.selectNow();
		connection.configureBlocking(true);
		return connection;
	}

	private void closeSilent() throws IOException {
		long now = System.nanoTime();
		while (!this.silent.isEmpty() && this.silent.get(0).until() - now <= 0) {
			this.silent.remove(0).connection().close();
		}
	}

	/** Return how long to wait for a selection, 0 for as long as it takes. */
	private long millisToWait() {
		if (this.silent.isEmpty()) {
			return 0;
		}
		long now = System.nanoTime();
		long nanos = this.silent.get(0).until() - now;
		if (this.silent.size() < MOST_SILENT && this.nextAccept - now > 0) {
			nanos = Math.min(nanos, this.nextAccept - now);
		}
		return 1 + Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanos));
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
			for (Silent each : this.silent) {
				left.add(released(each.key(), each.connection()));
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

}
