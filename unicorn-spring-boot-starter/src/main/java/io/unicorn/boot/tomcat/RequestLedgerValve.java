package io.unicorn.boot.tomcat;

import java.io.IOException;

import io.unicorn.boot.relay.RelayedRequest;
import io.unicorn.boot.tomcat.sse.AsyncCompletionListener;
import io.unicorn.worker.RequestLedger;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Enters every request into the ledger from before the application sees it until it is
 * answered, or, if it is asynchronous, until it completes. An answer with status 500 or
 * above is entered as an error. Requests of the warm-up and those that another worker
 * passes on are not entered, because no client has sent them to this worker.
 */
final class RequestLedgerValve extends ValveBase {

	private final RequestLedger ledger;

	RequestLedgerValve(RequestLedger ledger) {
		super(true);
		this.ledger = ledger;
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		if (request.isAsync() || isWarmUp(request) || isRelayed(request)) {
			// A dispatch of an asynchronous request passes the valve again; it is entered
			// already.
			getNext().invoke(request, response);
			return;
		}
		int token = this.ledger.begin();
		boolean asynchronous = false;
		boolean failed = true;
		try {
			getNext().invoke(request, response);
			failed = isError(response);
			if (request.isAsyncStarted()) {
				request.getAsyncContext().addListener(new LedgerEntry(token, response));
				asynchronous = true;
			}
		}
		finally {
			if (!asynchronous) {
				this.ledger.end(token, failed);
			}
		}
	}

	private static boolean isWarmUp(Request request) {
		return request.getConnector().getProtocolHandler() instanceof PoolHttp11Protocol protocol
				&& !protocol.hasClients();
	}

	private static boolean isRelayed(Request request) {
		return request.getCoyoteRequest().getAttribute(RelayedRequest.ATTRIBUTE) != null;
	}

	private static boolean isError(Response response) {
		return response.getStatus() >= HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
	}

	private final class LedgerEntry implements AsyncCompletionListener {

		private final int token;

		/** Tomcat reuses the object only after the request has completed. */
		private final Response response;

		private boolean ended;

		LedgerEntry(int token, Response response) {
			this.token = token;
			this.response = response;
		}

		@Override
		public void onComplete(AsyncEvent event) {
			// Tomcat completes a request twice if a dispatch of it has sent an error.
			if (!this.ended) {
				this.ended = true;
				RequestLedgerValve.this.ledger.end(this.token, isError(this.response));
			}
		}

	}

}
