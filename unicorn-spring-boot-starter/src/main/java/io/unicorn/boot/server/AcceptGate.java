package io.unicorn.boot.server;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import io.unicorn.worker.AcceptDelay;
import org.jspecify.annotations.Nullable;

/**
 * Controls what a server's acceptor thread accepts. Until the application is ready, the
 * gate is closed and passes on only connections of this process's own warm-up. Then it is
 * open and accepts from the listener that all workers share, and at last it is closed for
 * good. The gate tracks the acceptor from before its call to {@code accept} until the
 * server has taken the connection, so when the gate is closed for good, the server has
 * every connection that was accepted. Thread-safe.
 */
public final class AcceptGate {

	/** The time after which a parked acceptor checks whether the server has stopped. */
	private static final long STOP_CHECK_MILLIS = 20;

	/** The time after which a worker without room checks for it. */
	private static final Duration ROOM_CHECK = Duration.ofMillis(1);

	private final List<ServerSocketChannel> listeners;

	private final Arrivals arrivals;

	private final AcceptDelay delay;

	private final BooleanSupplier room;

	/** Used by the acceptor thread alone. */
	private final Patience patience = new Patience();

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	/** Connections of this process's own that the acceptor has not taken yet. */
	private final Queue<SocketChannel> offered = new ArrayDeque<>();

	/** Connections that were accepted before the gate was closed, and not taken yet. */
	private final Queue<SocketChannel> left = new ArrayDeque<>();

	/** Read for each request, so without the lock. */
	private volatile boolean open;

	private boolean closed;

	/** The server is about to stop. */
	private boolean released;

	/** The acceptor may have a connection that the server does not know yet. */
	private boolean accepting;

	/**
	 * Create a gate that is closed to clients.
	 * @param listeners one or more
	 * @param arrivals what arrives at all of them
	 * @param delay how long to wait between two accepts
	 * @param room whether the server can serve one more connection at once; while it
	 * cannot, other workers accept, see {@link Patience}
	 */
	public AcceptGate(List<ServerSocketChannel> listeners, Arrivals arrivals, AcceptDelay delay, BooleanSupplier room) {
		this.listeners = List.copyOf(listeners);
		this.arrivals = arrivals;
		this.delay = delay;
		this.room = room;
	}

	/**
	 * Accept a connection; called by the acceptor thread alone.
	 * @param open number of open connections of this process
	 * @param running whether the server runs; while it does, this method does not return
	 * without a connection or an error of the listener
	 */
	public SocketChannel accept(int open, BooleanSupplier running) throws IOException {
		long now = System.nanoTime();
		SocketChannel own = awaitTurn(now + this.delay.afterAccept(open, now).toNanos(), running);
		if (own != null) {
			return own;
		}
		try {
			return this.arrivals.accept();
		}
		catch (IOException ex) {
			handedOver();
			if (isClosed()) {
				// A server would log an error if it saw this exception while it runs.
				SocketChannel last = awaitTurn(now, running);
				if (last != null) {
					return last;
				}
			}
			throw ex;
		}
	}

	/**
	 * Return a connection of the warm-up, or one that is left, or nothing when the gate
	 * is open, the delay of the next accept is over and the server has room, or has
	 * waited for it long enough.
	 */
	private @Nullable SocketChannel awaitTurn(long nanoTime, BooleanSupplier running) throws IOException {
		this.lock.lock();
		try {
			while (true) {
				if (this.open && !this.closed) {
					long nanos = nanoTime - System.nanoTime();
					if (nanos <= 0 && this.patience.isOver(this.room, this.arrivals::haveArrived, System.nanoTime())) {
						break;
					}
					var unused = this.changed.awaitNanos((nanos > 0) ? nanos : ROOM_CHECK.toNanos());
				}
				else if (!(this.closed ? this.left : this.offered).isEmpty()) {
					break;
				}
				else if (this.released || this.closed) {
					if (!running.getAsBoolean()) {
						throw new ClosedChannelException();
					}
					var unused = this.changed.await(STOP_CHECK_MILLIS, TimeUnit.MILLISECONDS);
				}
				else {
					this.changed.await();
				}
			}
			this.accepting = true;
			return this.closed ? this.left.poll() : this.offered.poll();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new ClosedChannelException();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The server has taken the connection, or thrown it away.
	 */
	public void handedOver() {
		this.lock.lock();
		try {
			this.accepting = false;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Pass a connection of the warm-up to the acceptor, while the gate is closed to
	 * clients.
	 * @return whether the acceptor takes it; not when the gate is open, or closed for
	 * good
	 */
	boolean offer(SocketChannel connection) {
		this.lock.lock();
		try {
			if (this.open || this.closed) {
				return false;
			}
			this.offered.add(connection);
			this.changed.signalAll();
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Let the acceptor accept.
	 */
	public void open() {
		this.lock.lock();
		try {
			this.open = true;
			withdraw();
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The server is about to stop its acceptor.
	 */
	public void release() {
		this.lock.lock();
		try {
			this.released = true;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Accept nothing more, and return when the server has all that was accepted.
	 */
	public void close() {
		this.lock.lock();
		try {
			this.closed = true;
			withdraw();
			this.changed.signalAll();
			this.left.addAll(this.arrivals.close());
			while (this.accepting || !(this.left.isEmpty() || this.released)) {
				this.changed.awaitUninterruptibly();
			}
			// Those that a server which has stopped meanwhile did not take.
			closeAll(this.left);
			this.left.clear();
		}
		catch (IOException ex) {
			throw new IllegalStateException("the listener cannot be closed", ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Close the listeners of a server that ends without having been drained.
	 */
	public void closeListeners() throws IOException {
		closeAll(this.arrivals.close());
	}

	/** Close the connections of the warm-up that were not taken. */
	private void withdraw() {
		closeAll(this.offered);
		this.offered.clear();
	}

	private static void closeAll(Collection<SocketChannel> connections) {
		for (SocketChannel connection : connections) {
			try {
				connection.close();
			}
			catch (IOException ex) {
				// It has ended.
			}
		}
	}

	/**
	 * Return the number of connections that were accepted and that the server does not
	 * know, because their clients are silent.
	 */
	public int waiting() {
		return this.arrivals.waiting();
	}

	/**
	 * Whether the gate is open, or was before it was closed for good.
	 */
	public boolean hasOpened() {
		return this.open;
	}

	/**
	 * Whether the gate was closed for good.
	 */
	public boolean isClosed() {
		this.lock.lock();
		try {
			return this.closed;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return the first of the listeners, which all workers share.
	 */
	public ServerSocketChannel listener() {
		return this.listeners.get(0);
	}

	/**
	 * Whether a connection may come over a Unix socket.
	 */
	public boolean hasUnixSocket() {
		return this.listeners.stream().anyMatch(UnixSocket::is);
	}

}
