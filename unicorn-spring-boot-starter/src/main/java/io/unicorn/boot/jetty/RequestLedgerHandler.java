package io.unicorn.boot.jetty;

import java.nio.ByteBuffer;

import io.unicorn.worker.RequestLedger;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Enters every request into the ledger from before the application sees it until the last
 * byte of its response is sent, also if it is asynchronous. A response with status 500 or
 * above is entered as an error. Requests of the warm-up and those that another worker
 * passes on are not entered, because no client has sent them to this worker.
 */
final class RequestLedgerHandler extends Handler.Wrapper {

	private final RequestLedger ledger;

	private final DrainableJetty server;

	RequestLedgerHandler(RequestLedger ledger, DrainableJetty server) {
		this.ledger = ledger;
		this.server = server;
	}

	@Override
	public boolean handle(Request request, Response response, Callback callback) throws Exception {
		if (this.server.hasClients() && this.server.hasReceived(request)) {
			int token = this.ledger.begin();
			request.addHttpStreamWrapper((stream) -> new Entry(stream, token));
		}
		return super.handle(request, response, callback);
	}

	private final class Entry extends HttpStream.Wrapper {

		private final int token;

		private volatile int status;

		Entry(HttpStream stream, int token) {
			super(stream);
			this.token = token;
		}

		@Override
		public void send(MetaData.Request request, MetaData.@Nullable Response response, boolean last,
				ByteBuffer content, Callback callback) {
			if (response != null) {
				this.status = response.getStatus();
			}
			super.send(request, response, last, content, callback);
		}

		@Override
		public void succeeded() {
			end();
			super.succeeded();
		}

		@Override
		public void failed(Throwable cause) {
			end();
			super.failed(cause);
		}

		private void end() {
			RequestLedgerHandler.this.ledger.end(this.token, this.status >= HttpStatus.INTERNAL_SERVER_ERROR_500);
		}

	}

}
