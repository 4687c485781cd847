package io.unicorn.boot.jetty;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.BooleanSupplier;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.server.HttpChannel;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Makes a response over HTTP/1 the last one of its connection, if that is to end when the
 * head of the response is sent. Jetty decides so itself when its connector is shut down,
 * but then it also closes connections whose response has not told the client, which may
 * have sent its next request.
 * <p>
 * Also tells the application when its client is gone. Jetty does not tell an asynchronous
 * request whose write has failed, and one whose application waits for that, as Spring's
 * emitters do, would stay in flight.
 */
final class LastResponse extends HttpStream.Wrapper {

	private static final HttpField CLOSE = new HttpField(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());

	private static final HttpField CHUNKED = new HttpField(HttpHeader.TRANSFER_ENCODING,
			HttpHeaderValue.CHUNKED.asString());

	/**
	 * Time for the client to close the connection after its last response. Jetty closes
	 * its own half, so that no reset can overtake the response, and would wait as long as
	 * for the next request.
	 */
	private static final Duration LINGER = Duration.ofSeconds(1);

	private final HttpChannel channel;

	private final BooleanSupplier ending;

	private volatile boolean closes;

	LastResponse(HttpStream stream, Request request, BooleanSupplier ending) {
		super(stream);
		this.channel = HttpChannel.from(request);
		this.ending = ending;
	}

	@Override
	public void send(MetaData.Request request, MetaData.@Nullable Response response, boolean last, ByteBuffer content,
			Callback callback) {
		MetaData.Response sent = response;
		if (response != null && response.getStatus() >= HttpStatus.OK_200) {
			sent = this.ending.getAsBoolean() ? closing(response, last) : response;
			this.closes = sent.getHttpFields().contains(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());
		}
		super.send(request, sent, last, content, new Callback.Nested(callback) {

			@Override
			public void failed(Throwable cause) {
				super.failed(cause);
				clientIsGone(cause);
			}

		});
	}

	@Override
	public void succeeded() {
		super.succeeded();
		if (this.closes && this.ending.getAsBoolean()) {
			this.channel.getConnectionMetaData().getConnection().getEndPoint().setIdleTimeout(LINGER.toMillis());
		}
	}

	private void clientIsGone(Throwable cause) {
		Runnable notification = this.channel.onRemoteFailure(cause);
		if (notification != null) {
			this.channel.getConnectionMetaData().getConnector().getExecutor().execute(notification);
		}
	}

	private static MetaData.Response closing(MetaData.Response response, boolean last) {
		HttpFields.Mutable fields = HttpFields.build(response.getHttpFields());
		fields.put(CLOSE);
		if (!last && response.getContentLength() < 0 && !fields.contains(HttpHeader.CONTENT_LENGTH)) {
			// Otherwise the body would end with the connection, and a client could not
			// tell its end from a failure.
			fields.put(CHUNKED);
		}
		return new MetaData.Response(response.getStatus(), response.getReason(), response.getHttpVersion(), fields,
				response.getContentLength(), response.getTrailersSupplier());
	}

}
