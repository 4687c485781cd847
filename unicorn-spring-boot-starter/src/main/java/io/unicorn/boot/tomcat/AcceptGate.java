package io.unicorn.boot.tomcat;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Stands between Tomcat's acceptor thread and the listener that all workers share. It is
 * closed until the application is ready, then open, then closed for good. When it is
 * closed for good, every connection that was accepted is in Tomcat's hands: the acceptor
 * is followed from before its call to {@code accept} until Tomcat has taken the
 * connection. Thread-safe.
 */
final class AcceptGate {

	/** How often a parked acceptor looks whether Tomcat has stopped; nothing tells it. */
	private static final long STOP_CHECK_MILLIS = 20;

	private final ServerSocketChannel listener;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private boolean open;

	private boolean closed;

	/** Tomcat is about to stop. */
	private boolean released;

	/** The acceptor may have a connection that Tomcat does not know yet. */
	private boolean accepting;

	AcceptGate(ServerSocketChannel listener) {
		this.listener = listener;
	}

	/**
	 * Accept a connection; called by the acceptor thread alone.
	 * @param running whether Tomcat's endpoint runs; while it does, this method does not
	 * return without a connection or an error of the listener
	 */
	SocketChannel accept(BooleanSupplier running) throws IOException {
		awaitOpen(running);
		try {
			return this.listener.accept();
		}
		catch (IOException ex) {
			handedOver();
			if (isClosed()) {
				// Tomcat would log an error if it saw this exception while it runs.
				awaitOpen(running);
			}
			throw ex;
		}
	}

	private void awaitOpen(BooleanSupplier running) throws IOException {
		this.lock.lock();
		try {
			while (!this.open || this.closed) {
				if (this.released || this.closed) {
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
	 * Let the acceptor accept.
	 */
	void open() {
		this.lock.lock();
		try {
			this.open = true;
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

	private boolean isClosed() {
		this.lock.lock();
		try {
			return this.closed;
		}
		finally {
			this.lock.unlock();
		}
	}

	ServerSocketChannel listener() {
		return this.listener;
	}

}
