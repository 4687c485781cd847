package io.unicorn.boot.tomcat.sse;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

/**
 * Passes what the application writes through an {@link EventStream}.
 */
final class EventStreamResponse extends HttpServletResponseWrapper {

	private final EventStream stream;

	private @Nullable ServletOutputStream output;

	private @Nullable PrintWriter writer;

	EventStreamResponse(HttpServletResponse response, EventStream stream) {
		super(response);
		this.stream = stream;
	}

	@Override
	public ServletOutputStream getOutputStream() throws IOException {
		if (this.output == null) {
			this.output = new Output(super.getOutputStream(), this.stream);
		}
		return this.output;
	}

	@Override
	public PrintWriter getWriter() throws IOException {
		if (this.writer == null) {
			this.writer = new PrintWriter(new Text(super.getWriter(), this.stream));
		}
		return this.writer;
	}

	@Override
	public void flushBuffer() throws IOException {
		this.stream.perform(super::flushBuffer);
	}

	private static final class Output extends ServletOutputStream {

		private final ServletOutputStream delegate;

		private final EventStream stream;

		Output(ServletOutputStream delegate, EventStream stream) {
			this.delegate = delegate;
			this.stream = stream;
		}

		@Override
		public void write(int value) throws IOException {
			this.stream.perform(() -> {
				this.delegate.write(value);
				this.stream.boundary().append((byte) value);
			});
		}

		@Override
		public void write(byte[] bytes, int offset, int length) throws IOException {
			this.stream.perform(() -> {
				this.delegate.write(bytes, offset, length);
				this.stream.boundary().append(bytes, offset, length);
			});
		}

		@Override
		public void flush() throws IOException {
			this.stream.perform(this.delegate::flush);
		}

		@Override
		public void close() throws IOException {
			if (this.stream.isEnded()) {
				return;
			}
			this.stream.perform(this.delegate::close);
		}

		/** An ended stream is ready, so that the application writes and fails. */
		@Override
		public boolean isReady() {
			return this.stream.isEnded() || this.delegate.isReady();
		}

		@Override
		public void setWriteListener(WriteListener listener) {
			this.delegate.setWriteListener(listener);
		}

	}

	private static final class Text extends Writer {

		private final PrintWriter delegate;

		private final EventStream stream;

		Text(PrintWriter delegate, EventStream stream) {
			this.delegate = delegate;
			this.stream = stream;
		}

		@Override
		public void write(char[] text, int offset, int length) throws IOException {
			this.stream.perform(() -> {
				this.delegate.write(text, offset, length);
				this.stream.boundary().append(text, offset, length);
			});
		}

		@Override
		public void flush() throws IOException {
			this.stream.perform(() -> {
				// Tomcat's writer throws no exceptions; checkError flushes it.
				if (this.delegate.checkError()) {
					throw new IOException("the client has closed the connection");
				}
			});
		}

		@Override
		public void close() throws IOException {
			if (this.stream.isEnded()) {
				return;
			}
			this.stream.perform(this.delegate::close);
		}

	}

}
