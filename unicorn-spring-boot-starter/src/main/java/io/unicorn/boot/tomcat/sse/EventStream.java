package io.unicorn.boot.tomcat.sse;

import java.io.IOException;
import java.util.Collections;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;

import io.unicorn.boot.server.EventBoundary;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;

/**
 * Represents an answer that may be a stream of events, and that this process may end
 * while the application writes to it. A lock guards all operations on the body, so that
 * the stream never ends while the application changes Tomcat's buffers. After the end,
 * writing fails as if the client had closed the connection. Thread-safe.
 */
final class EventStream {

	static final String MEDIA_TYPE = "text/event-stream";

	private final EventStreams streams;

	private final Request request;

	private final Response response;

	private final ReentrantLock lock = new ReentrantLock();

	private final EventBoundary boundary = new EventBoundary();

	private volatile boolean ending;

	/** Guarded by the lock, like the fields below. */
	private boolean ended;

	private boolean asynchronous;

	private boolean bodyBegun;

	EventStream(EventStreams streams, Request request, Response response) {
		this.streams = streams;
		this.request = request;
		this.response = response;
		streams.add(this);
	}

	/** An operation of the application on the body of the answer. */
	interface Operation {

		void run() throws IOException;

	}

	/**
	 * Run an operation, which tells the boundary what it has written.
	 * @throws IOException if the operation fails, or does not run because the stream has
	 * ended
	 */
	void perform(Operation operation) throws IOException {
		enter();
		try {
			operation.run();
		}
		finally {
			leave();
		}
	}

	/** Acquire the lock, which {@link #leave} releases. */
	private void enter() throws IOException {
		this.lock.lock();
		if (this.ended) {
			this.lock.unlock();
			throw new IOException("this stream of events has ended, because the worker is leaving");
		}
		if (!this.bodyBegun) {
			this.bodyBegun = true;
			closeConnectionAtEnd();
		}
	}

	private void leave() {
		this.lock.unlock();
		if (this.ending) {
			// A call of end() in the meantime could not acquire the lock.
			end();
		}
	}

	/**
	 * Return the parser of what has been written, for an {@link Operation}.
	 */
	EventBoundary boundary() {
		return this.boundary;
	}

	/**
	 * Announce that the connection closes after the stream, because only a new connection
	 * can reach another worker. Done for every stream, because the head cannot be changed
	 * later; no other request can use the connection before the stream ends.
	 */
	private void closeConnectionAtEnd() {
		if (!this.response.isCommitted() && isEvents() && this.request.getProtocol().equals("HTTP/1.1")) {
			this.response.setHeader("Connection", "close");
			// If trailer fields are possible, Tomcat sends a chunked body, which has an
			// end of its own; otherwise the body ends with the connection.
			this.response.getCoyoteResponse().setTrailerFields(Collections::emptyMap);
		}
	}

	private boolean isEvents() {
		String type = this.response.getContentType();
		return type != null && type.toLowerCase(Locale.ROOT).startsWith(MEDIA_TYPE);
	}

	/**
	 * Whether the stream or its request has ended.
	 */
	boolean isEnded() {
		this.lock.lock();
		try {
			return this.ended;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * End the stream between two events: now, or when the application has completed its
	 * present event. Does not wait for the application.
	 */
	void end() {
		this.ending = true;
		if (!this.lock.tryLock()) {
			return;
		}
		try {
			// Until the head is sent, the application may still change it.
			if (!this.ended && this.boundary.isReached() && this.response.isCommitted() && isEvents()) {
				this.ended = complete();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean complete() {
		try {
			if (this.request.isAsyncStarted()) {
				// Tomcat ends the body on another thread and notifies the application.
				this.request.getAsyncContext().complete();
				return true;
			}
			if (this.asynchronous || this.request.isAsync()) {
				// Dispatched to a thread of Tomcat, the only one that may use it now.
				return false;
			}
			this.response.finishResponse();
			return true;
		}
		catch (IllegalStateException ex) {
			// The application, or another event of this connection, is ending it.
			return false;
		}
		catch (IOException ex) {
			// The client has closed the connection; the application's writes fail, too.
			return true;
		}
	}

	/**
	 * Record that the request continues after its thread has returned.
	 */
	void startedAsync() {
		this.lock.lock();
		try {
			this.asynchronous = true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Record that the request has ended: Tomcat reuses its objects for another one.
	 */
	void close() {
		this.streams.remove(this);
		this.lock.lock();
		try {
			this.ended = true;
		}
		finally {
			this.lock.unlock();
		}
	}

}
