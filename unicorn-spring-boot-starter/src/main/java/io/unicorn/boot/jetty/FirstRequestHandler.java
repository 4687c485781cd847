package io.unicorn.boot.jetty;

import java.time.Duration;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/**
 * Gives a new connection a time to send its request. Jetty has one timeout, which also
 * ends a connection whose client does not read; a request sets it back to the one that is
 * configured.
 */
final class FirstRequestHandler extends Handler.Wrapper {

	private final long configuredMillis;

	FirstRequestHandler(ServerConnector connector, Duration first) {
		this.configuredMillis = connector.getIdleTimeout();
		connector.setIdleTimeout(first.toMillis());
	}

	@Override
	public boolean handle(Request request, Response response, Callback callback) throws Exception {
		request.getConnectionMetaData().getConnection().getEndPoint().setIdleTimeout(this.configuredMillis);
		return super.handle(request, response, callback);
	}

}
