package io.unicorn.boot.jetty;

import io.unicorn.boot.server.SlowRequests;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Tells {@link SlowRequests} of every request while a thread serves it. A request that is
 * handled asynchronously has none after that.
 */
final class SlowRequestHandler extends Handler.Wrapper {

	private final SlowRequests requests;

	SlowRequestHandler(SlowRequests requests) {
		this.requests = requests;
	}

	@Override
	public boolean handle(Request request, Response response, Callback callback) throws Exception {
		SlowRequests.Running running = this.requests.begin(request.getMethod(), request.getHttpURI().getPath());
		try {
			return super.handle(request, response, callback);
		}
		finally {
			this.requests.end(running);
		}
	}

	@Override
	protected void doStart() throws Exception {
		super.doStart();
		this.requests.start();
	}

	@Override
	protected void doStop() throws Exception {
		this.requests.stop();
		super.doStop();
	}

}
