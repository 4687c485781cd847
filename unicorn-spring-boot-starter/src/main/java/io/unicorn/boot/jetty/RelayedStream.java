package io.unicorn.boot.jetty;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.unicorn.boot.relay.RelayedBody;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.HttpChannel;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * What Jetty reads the request of another worker from, and sends the response to, instead
 * of a connection.
 */
final class RelayedStream implements HttpStream {

	private final HttpChannel channel;

	private final RelayedBody body;

	private final CountDownLatch completed = new CountDownLatch(1);

	private Content.@Nullable Chunk content;

	private volatile MetaData.@Nullable Response response;

	RelayedStream(HttpChannel channel, byte[] content, RelayedBody body) {
		this.channel = channel;
		this.content = Content.Chunk.from(ByteBuffer.wrap(content), true);
		this.body = body;
	}

	/**
	 * Wait until the request has completed.
	 * @return the head of the response
	 * @throws IOException if there is none
	 */
	MetaData.Response await(Duration timeout) throws IOException {
		try {
			if (!this.completed.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
				throw new IOException("the application has not answered within " + timeout.toSeconds() + " s");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("this worker stops", ex);
		}
		MetaData.Response head = this.response;
		if (head == null) {
			throw new IOException("the application has sent no response");
		}
		return head;
	}

	@Override
	public String getId() {
		return "relayed";
	}

	@Override
	public synchronized Content.Chunk read() {
		Content.Chunk next = this.content;
		this.content = Content.Chunk.EOF;
		return (next != null) ? next : Content.Chunk.EOF;
	}

	@Override
	public void demand() {
		Runnable task = this.channel.onContentAvailable();
		if (task != null) {
			this.channel.getConnectionMetaData().getConnector().getExecutor().execute(task);
		}
	}

	@Override
	public void prepareResponse(HttpFields.Mutable headers) {
		// Nothing is added for a connection.
	}

	@Override
	public void send(MetaData.Request request, MetaData.@Nullable Response head, boolean last,
			@Nullable ByteBuffer bytes, Callback callback) {
		if (head != null) {
			this.response = head;
		}
		try {
			if (bytes != null) {
				this.body.write(bytes);
			}
			callback.succeeded();
		}
		catch (IOException ex) {
			callback.failed(ex);
		}
	}

	@Override
	public @Nullable Runnable cancelSend(Throwable cause, Callback appCallback) {
		return null;
	}

	@Override
	public long getIdleTimeout() {
		return 0;
	}

	@Override
	public void setIdleTimeout(long idleTimeoutMs) {
		// There is no connection.
	}

	@Override
	public boolean isCommitted() {
		return this.response != null;
	}

	@Override
	public @Nullable Throwable consumeAvailable() {
		read();
		return null;
	}

	@Override
	public void succeeded() {
		this.completed.countDown();
	}

	@Override
	public void failed(Throwable cause) {
		this.completed.countDown();
	}

}
