package io.unicorn.boot.webflux;

import java.io.IOException;
import java.time.Duration;

import io.unicorn.boot.relay.RelayService;
import io.unicorn.boot.relay.RelayedBody;
import io.unicorn.boot.relay.RelayedRequest;

import org.springframework.http.server.reactive.HttpHandler;

/**
 * Answers requests that other workers pass on: hands them to the handler that the server
 * calls, so that they are answered even when all event loops are busy. They pass the same
 * filters as those of clients, but not the server: its access log and its counters do not
 * have them. Thread-safe.
 */
public final class RelayedExchanges implements RelayService.Server {

	/** As long as a worker waits for the answer to such a request. */
	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private final HttpHandler handler;

	/**
	 * Create.
	 * @param handler the handler of the application
	 */
	public RelayedExchanges(HttpHandler handler) {
		this.handler = handler;
	}

	@Override
	public RelayService.Head serve(RelayedRequest relayed, RelayedBody body) throws IOException {
		RelayedHttpResponse response = new RelayedHttpResponse(body);
		try {
			this.handler.handle(new RelayedHttpRequest(relayed), response)
				.contextWrite((context) -> context.put(RelayedRequest.ATTRIBUTE, true))
				.block(TIMEOUT);
		}
		catch (RuntimeException ex) {
			throw new IOException(ex);
		}
		return response.head();
	}

}
