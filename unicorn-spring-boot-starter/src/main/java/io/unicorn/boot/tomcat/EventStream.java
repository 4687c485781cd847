package io.unicorn.boot.tomcat;

import java.io.IOException;
import java.util.Collections;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;

/**
 * One answer that may be a stream of events, and may be ended by this process while the
 * application is writing to it. All that the application does to its body goes through a
 * lock, so that it never has its hands in Tomcat's buffers when the stream is ended under
 * it. When it has been ended, writing fails as it does when the client has gone.
 * Thread-safe.
 */
final class EventStream {

	static final String MEDIA_TYPE = "text/event-stream";

	private final EventStreams streams;

	private final Request request;

	private final Response response;

	private final ReentrantLock lock = new ReentrantLock();

	private final EventBoundary boundary = new EventBoundary();

	private volatile boolean ending;

	/** Guarded by the lock, as all that follows. */
	private boolean over;

	private boolean asynchronous;

	private boolean begun;

	EventStream(EventStreams streams, Request request, Response response) {
		this.streams = streams;
		this.request = request;
		this.response = response;
		streams.add(this);
	}

	/** Something that the application does to the body of the answer. */
	interface Step {

		void run() throws IOException;

	}

	/**
	 * Let the application take a step, which tells the boundary what it has written.
	 * @throws IOException if the step fails, or is not taken because the stream has been
	 * ended
	 */
	void take(Step step) throws IOException {
		enter();
		try {
			step.run();
		}
		finally {
			leave();
		}
	}

	/** To be followed by {@link #leave}, unless it fails. */
	private void enter() throws IOException {
		this.lock.lock();
		if (this.over) {
			this.lock.unlock();
			throw new IOException("this stream of events was ended, because this worker is leaving");
		}
		if (!this.begun) {
			this.begun = true;
			closeConnectionAtEnd();
		}
	}

	private void leave() {
		this.lock.unlock();
		if (this.ending) {
			// Whoever wanted to end it meanwhile has found the lock taken.
			end();
		}
	}

	/**
	 * What has been written; for a {@link Step}.
	 */
	EventBoundary boundary() {
		return this.boundary;
	}

	/**
	 * A client that comes back must come on a new connection, because that may reach
	 * another worker. Announced for every stream, as this is still possible: nobody asks
	 * for anything else on the connection before the stream ends.
	 */
	private void closeConnectionAtEnd() {
		if (!this.response.isCommitted() && isEvents() && this.request.getProtocol().equals("HTTP/1.1")) {
			this.response.setHeader("Connection", "close");
			// Without trailer fields, though there are none, Tomcat would mark the end of
			// the body by nothing but the end of the connection.
			this.response.getCoyoteResponse().setTrailerFields(Collections::emptyMap);
		}
	}

	private boolean isEvents() {
		String type = this.response.getContentType();
		return type != null && type.toLowerCase(Locale.ROOT).startsWith(MEDIA_TYPE);
	}

	/**
	 * Whether it has been ended, or the request has.
	 */
	boolean isOver() {
		this.lock.lock();
		try {
			return this.over;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * End the stream between two events: now, or when the application has written the
	 * rest of the one that it is at. Does not wait for the application.
	 */
	void end() {
		this.ending = true;
		if (!this.lock.tryLock()) {
			return;
		}
		try {
			// As long as the head is not sent, the application may still change it.
			if (!this.over && this.boundary.isReached() && this.response.isCommitted() && isEvents()) {
				this.over = complete();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean complete() {
		try {
			if (this.request.isAsyncStarted()) {
				// Tomcat ends the body on a thread of its own and tells the application.
				this.request.getAsyncContext().complete();
				return true;
			}
			if (this.asynchronous || this.request.isAsync()) {
				// On its way to a thread of Tomcat's, which alone may touch it now.
				return false;
			}
			this.response.finishResponse();
			return true;
		}
		catch (IllegalStateException ex) {
			// The application is about to end it, or something else on this connection.
			return false;
		}
		catch (IOException ex) {
			// The client has gone, and the application will see the same.
			return true;
		}
	}

	/**
	 * The request goes on when its thread returns.
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
	 * The request has ended: Tomcat's objects will serve another one.
	 */
	void close() {
		this.streams.remove(this);
		this.lock.lock();
		try {
			this.over = true;
		}
		finally {
			this.lock.unlock();
		}
	}

}
