package io.unicorn.boot.jetty;

import java.util.function.BooleanSupplier;

import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Gives every request over HTTP/1 a {@link LastResponse}.
 */
final class ConnectionEndHandler extends Handler.Wrapper {

	private final BooleanSupplier ending;

	/**
	 * Create.
	 * @param ending whether each connection is to end with its next response
	 */
	ConnectionEndHandler(BooleanSupplier ending) {
		this.ending = ending;
	}

	@Override
	public boolean handle(Request request, Response response, Callback callback) throws Exception {
		// HTTP/2 has frames for the end of a connection and of a request.
		if (request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2) {
			request.addHttpStreamWrapper((stream) -> new LastResponse(stream, request, this.ending));
		}
		return super.handle(request, response, callback);
	}

}
