package io.unicorn.boot.jetty;

import io.unicorn.boot.warmup.OwnServer;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Refuses requests without the warm-up's token before the gate is open: another process
 * of this machine has found the port of the
 * {@link io.unicorn.boot.server.LoopbackConnector}.
 */
final class LoopbackHandler extends Handler.Wrapper {

	private final DrainableJetty server;

	LoopbackHandler(DrainableJetty server) {
		this.server = server;
	}

	@Override
	public boolean handle(Request request, Response response, Callback callback) throws Exception {
		if (this.server.hasReceived(request) && !this.server.admits(request.getHeaders().get(OwnServer.TOKEN_HEADER))) {
			Response.writeError(request, response, callback, HttpStatus.SERVICE_UNAVAILABLE_503);
			return true;
		}
		return super.handle(request, response, callback);
	}

}
