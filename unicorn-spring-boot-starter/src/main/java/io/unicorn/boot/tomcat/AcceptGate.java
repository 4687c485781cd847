package io.unicorn.boot.tomcat;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import io.unicorn.worker.AcceptTurns;
import org.jspecify.annotations.Nullable;

/**
 * Stands between Tomcat's acceptor thread and the listener that all workers share. It is
 * closed until the application is ready, and lets in nobody but this process itself, then
 * it is open, then closed for good. When it is closed for good, every connection that was
 * accepted is in Tomcat's hands: the acceptor is followed from before its call to
 * {@code accept} until Tomcat has taken the connection. Thread-safe.
 */
final class AcceptGate {

	/** How often a parked acceptor looks whether Tomcat has stopped; nothing tells it. */
	private static final long STOP_CHECK_MILLIS = 20;

	private final ServerSocketChannel listener;

	private final AcceptTurns turns;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	/** Connections of this process's own that the acceptor has not taken yet. */
	private final Queue<SocketChannel> offered = new ArrayDeque<>();

	/** Read for each request, so without the lock. */
	private volatile boolean open;

	private boolean closed;

	/** Tomcat is about to stop. */
	private boolean released;

	/** The acceptor may have a connection that Tomcat does not know yet. */
	private boolean accepting;

	AcceptGate(ServerSocketChannel listener, AcceptTurns turns) {
		this.listener = listener;
		this.turns = turns;
	}

	/**
	 * Accept a connection; called by the acceptor thread alone.
	 * @param running whether Tomcat's endpoint runs; while it does, this method does not
	 * return without a connection or an error of the listener
	 */
	SocketChannel accept(BooleanSupplier running) throws IOException {
		SocketChannel own = awaitTurn(running);
		if (own != null) {
			return own;
		}
		try {
			SocketChannel connection = this.listener.accept();
			this.turns.taken();
			return connection;
		}
		catch (IOException ex) {
			handedOver();
			if (isClosed()) {
				// Tomcat would log an error if it saw this exception while it runs.
				awaitTurn(running);
			}
			throw ex;
		}
	}

	/** Return a connection of this process's own, or nothing when the gate is open. */
	private @Nullable SocketChannel awaitTurn(BooleanSupplier running) throws IOException {
		this.lock.lock();
		try {
			while (true) {
				if (this.open && !this.closed) {
					long nanos = this.turns.nanosToWait();
					if (nanos == 0) {
						break;
					}
					var unused = this.changed.awaitNanos(nanos);
				}
				else if (!this.closed && !this.offered.isEmpty()) {
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
			return this.offered.poll();
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
	 * Tomcat has taken the connection, or thrown it away.
	 */
	void handedOver() {
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
	 * Hand the acceptor a connection of this process's own, while the gate is closed to
	 * everybody else.
	 * @return whether it takes it; not when the gate is open, or closed for good
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
	void open() {
		this.lock.lock();
		try {
			this.open = true;
			this.turns.begin();
			withdraw();
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Tomcat is about to stop its endpoint.
	 */
	void release() {
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
	 * Accept nothing more, and return when Tomcat has all that was accepted.
	 */
	void close() {
		this.lock.lock();
		try {
			this.closed = true;
			this.turns.end();
			withdraw();
			this.changed.signalAll();
			// Closes this process's copy of the shared socket and nothing else. A blocked
			// accept() returns at once; one that has a connection returns it.
			this.listener.close();
			while (this.accepting) {
				this.changed.awaitUninterruptibly();
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException("the listener cannot be closed", ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Whose connection was not taken until now has given up. */
	private void withdraw() {
		for (SocketChannel connection : this.offered) {
			try {
				connection.close();
			}
			catch (IOException ex) {
				// Nobody waits for it.
			}
		}
		this.offered.clear();
	}

	/**
	 * Whether the gate is open, or was before it was closed for good.
	 */
	boolean hasOpened() {
		return this.open;
	}

	boolean isClosed() {
		this.lock.lock();
		try {
			return this.closed;
		}
		finally {
			this.lock.unlock();
		}
	}

	AcceptTurns turns() {
		return this.turns;
	}

	ServerSocketChannel listener() {
		return this.listener;
	}

}
