package io.unicorn.boot.jetty.sse;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;

import io.unicorn.boot.server.EventBoundary;
import jakarta.servlet.http.HttpServletRequest;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Represents an answer that may be a stream of events, and that this process may end
 * between two writes of the application, or within one. It sees what leaves the
 * application's buffers, one write at a time. After the end, writing fails as if the
 * client had closed the connection. Thread-safe.
 */
final class EventStream extends Response.Wrapper {

	static final String MEDIA_TYPE = "text/event-stream";

	/** A write does not end the stream. */
	private static final int GOES_ON = -1;

	/** The stream has ended before a write. */
	private static final int REFUSED = -2;

	private final HttpServletRequest servletRequest;

	private final ReentrantLock lock = new ReentrantLock();

	private final EventBoundary boundary = new EventBoundary();

	private volatile boolean ending;

	/** Guarded by the lock, like the fields below. */
	private boolean begun;

	/** Whether the answer is a stream of events. */
	private boolean events;

	private boolean writing;

	/** This process has ended the stream. */
	private boolean ended;

	/** The end was sent, so that the request can be completed. */
	private boolean sent;

	/** The application has ended the answer, or the request is complete. */
	private boolean closed;

	EventStream(Request request, Response response, HttpServletRequest servletRequest) {
		super(request, response);
		this.servletRequest = servletRequest;
	}

	@Override
	public void write(boolean last, @Nullable ByteBuffer content, Callback callback) {
		ByteBuffer bytes = (content != null) ? content : BufferUtil.EMPTY_BUFFER;
		int length = enter(last, bytes);
		if (length == GOES_ON) {
			super.write(last, content, Callback.from(callback.getInvocationType(), () -> {
				leave();
				callback.succeeded();
			}, callback::failed));
		}
		else if (length == REFUSED) {
			refuse(last, callback);
		}
		else {
			writeEnd(bytes, length, callback);
		}
	}

	/**
	 * Begin a write.
	 * @return the number of bytes after which the stream ends, or one of the constants
	 */
	private int enter(boolean last, ByteBuffer content) {
		this.lock.lock();
		try {
			if (this.ended) {
				return REFUSED;
			}
			begin();
			this.closed |= last;
			this.writing = true;
			int length = (this.events && !last) ? parse(content) : GOES_ON;
			this.ended = length != GOES_ON;
			return length;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Announce that the connection closes after the stream, because only a new connection
	 * can reach another worker. Done for every stream, because the head cannot be changed
	 * later; no other request can use the connection before the stream ends.
	 */
	private void begin() {
		if (this.begun) {
			return;
		}
		this.begun = true;
		HttpFields.Mutable fields = getHeaders();
		String type = fields.get(HttpHeader.CONTENT_TYPE);
		this.events = type != null && type.toLowerCase(Locale.ROOT).startsWith(MEDIA_TYPE);
		if (this.events && getRequest().getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1) {
			fields.put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());
			// Without it the body of a last response ends with the connection; a chunked
			// one has an end of its own.
			fields.put(HttpHeader.TRANSFER_ENCODING, HttpHeaderValue.CHUNKED.asString());
		}
	}

	private int parse(ByteBuffer content) {
		int length = content.remaining();
		if (this.ending && length == 0 && this.boundary.isReached()) {
			return 0;
		}
		for (int i = 0; i < length; i++) {
			this.boundary.append(content.get(content.position() + i));
			if (this.ending && this.boundary.isReached()) {
				return i + 1;
			}
		}
		return GOES_ON;
	}

	private static void refuse(boolean last, Callback callback) {
		if (last) {
			callback.succeeded();
		}
		else {
			callback.failed(new EofException("this stream of events has ended, because the worker is leaving"));
		}
	}

	private void writeEnd(ByteBuffer content, int length, Callback callback) {
		boolean rest = length < content.remaining();
		super.write(true, content.slice(content.position(), length), Callback.from(callback.getInvocationType(), () -> {
			content.position(content.limit());
			refuse(!rest, callback);
			complete();
		}, (cause) -> {
			callback.failed(cause);
			complete();
		}));
	}

	/** End a write that was sent. */
	private void leave() {
		this.lock.lock();
		try {
			this.writing = false;
		}
		finally {
			this.lock.unlock();
		}
		if (this.ending) {
			end();
		}
	}

	/**
	 * End the stream between two events: now, or when the application has completed its
	 * present event. Does not wait for the application or for the client.
	 */
	void end() {
		this.ending = true;
		boolean ends = false;
		boolean completes = false;
		if (!this.lock.tryLock()) {
			// Called again later.
			return;
		}
		try {
			ends = this.events && !this.writing && !this.ended && !this.closed && this.boundary.isReached();
			completes = this.sent && !this.closed;
			this.ended |= ends;
		}
		finally {
			this.lock.unlock();
		}
		if (ends) {
			super.write(true, BufferUtil.EMPTY_BUFFER, Callback.from(this::complete, (cause) -> complete()));
		}
		else if (completes) {
			complete();
		}
	}

	/** On another thread, because the application is told of it. */
	private void complete() {
		getRequest().getComponents().getExecutor().execute(this::completeRequest);
	}

	/**
	 * Complete an asynchronous request, whose application may not write again. One that
	 * is not asynchronous completes when the application's next write has failed.
	 */
	private void completeRequest() {
		this.lock.lock();
		try {
			this.sent = true;
			if (!this.closed && this.servletRequest.isAsyncStarted()) {
				this.servletRequest.getAsyncContext().complete();
			}
		}
		catch (IllegalStateException ex) {
			// The application is dispatching it. Tried again later.
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Record that the request has completed: Jetty reuses its objects for another one.
	 */
	void close() {
		this.lock.lock();
		try {
			this.closed = true;
		}
		finally {
			this.lock.unlock();
		}
	}

}
