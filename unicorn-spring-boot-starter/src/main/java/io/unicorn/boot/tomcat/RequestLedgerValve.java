package io.unicorn.boot.tomcat;

import java.io.IOException;

import io.unicorn.worker.RequestLedger;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Enters every request into the ledger, from before the application sees it until it is
 * answered; an asynchronous one until it completes.
 */
final class RequestLedgerValve extends ValveBase {

	private final RequestLedger ledger;

	RequestLedgerValve(RequestLedger ledger) {
		super(true);
		this.ledger = ledger;
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		if (request.isAsync()) {
			// Comes by once more, for its result or error: one request, still running.
			getNext().invoke(request, response);
			return;
		}
		int token = this.ledger.begin();
		boolean handedOn = false;
		try {
			getNext().invoke(request, response);
			if (request.isAsyncStarted()) {
				request.getAsyncContext().addListener(new Completion(token));
				handedOn = true;
			}
		}
		finally {
			if (!handedOn) {
				this.ledger.end(token);
			}
		}
	}

	private final class Completion implements AsyncListener {

		private final int token;

		Completion(int token) {
			this.token = token;
		}

		@Override
		public void onComplete(AsyncEvent event) {
			RequestLedgerValve.this.ledger.end(this.token);
		}

		@Override
		public void onTimeout(AsyncEvent event) {
			// Completion follows.
		}

		@Override
		public void onError(AsyncEvent event) {
			// Completion follows.
		}

		@Override
		public void onStartAsync(AsyncEvent event) {
			// A new cycle drops the listeners of the last one.
			event.getAsyncContext().addListener(this);
		}

	}

}
