package io.unicorn.boot.jetty;

import java.util.function.BooleanSupplier;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Gives every request a {@link LastResponse}.
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
		request.addHttpStreamWrapper((stream) -> new LastResponse(stream, this.ending));
		return super.handle(request, response, callback);
	}

}
