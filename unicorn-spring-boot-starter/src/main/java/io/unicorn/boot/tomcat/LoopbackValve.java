package io.unicorn.boot.tomcat;

import java.io.IOException;

import io.unicorn.boot.warmup.OwnServer;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Refuses requests without the warm-up's token before the gate is open: another process
 * of this machine has found the port of the {@link LoopbackConnector}.
 */
final class LoopbackValve extends ValveBase {

	LoopbackValve() {
		super(true);
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		if (!request.isAsync() && request.getConnector().getProtocolHandler() instanceof PoolHttp11Protocol protocol
				&& !protocol.admits(request.getHeader(OwnServer.TOKEN_HEADER))) {
			response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
			return;
		}
		getNext().invoke(request, response);
	}

}
