package io.unicorn.boot.jetty;

import java.nio.ByteBuffer;
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

	private final Request request;

	private final BooleanSupplier ending;

	LastResponse(HttpStream stream, Request request, BooleanSupplier ending) {
		super(stream);
		this.request = request;
		this.ending = ending;
	}

	@Override
	public void send(MetaData.Request request, MetaData.@Nullable Response response, boolean last, ByteBuffer content,
			Callback callback) {
		boolean closes = response != null && response.getStatus() >= HttpStatus.OK_200 && this.ending.getAsBoolean();
		super.send(request, (response != null && closes) ? closing(response, last) : response, last, content,
				new Callback.Nested(callback) {

					@Override
					public void failed(Throwable cause) {
						super.failed(cause);
						clientIsGone(cause);
					}

				});
	}

	private void clientIsGone(Throwable cause) {
		Runnable notification = HttpChannel.from(this.request).onRemoteFailure(cause);
		if (notification != null) {
			this.request.getComponents().getExecutor().execute(notification);
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
