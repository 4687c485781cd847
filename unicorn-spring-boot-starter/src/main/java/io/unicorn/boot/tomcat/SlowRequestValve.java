package io.unicorn.boot.tomcat;

import java.io.IOException;

import io.unicorn.boot.server.SlowRequests;
import jakarta.servlet.ServletException;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Tells {@link SlowRequests} of every request while a thread serves it. A request that is
 * handled asynchronously has none after that.
 */
final class SlowRequestValve extends ValveBase {

	private final SlowRequests requests;

	SlowRequestValve(SlowRequests requests) {
		super(true);
		this.requests = requests;
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		SlowRequests.Running running = this.requests.begin(request.getMethod(), request.getRequestURI());
		try {
			getNext().invoke(request, response);
		}
		finally {
			this.requests.end(running);
		}
	}

	@Override
	protected void startInternal() throws LifecycleException {
		super.startInternal();
		this.requests.start();
	}

	@Override
	protected void stopInternal() throws LifecycleException {
		this.requests.stop();
		super.stopInternal();
	}

}
