package io.unicorn.boot.netty;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Holds what does not end by itself, and ends it when the worker leaves: what runs then,
 * and what begins later on a connection that is still open. Thread-safe.
 */
final class LastingExchanges {

	private final Set<Lasting> running = ConcurrentHashMap.newKeySet();

	private volatile boolean ending;

	/** A stream of events or a WebSocket session. */
	interface Lasting {

		/**
		 * End it as its protocol provides, as soon as that is possible. Called on any
		 * thread, also twice; does not wait.
		 */
		void end();

	}

	void add(Lasting exchange) {
		this.running.add(exchange);
		if (this.ending) {
			exchange.end();
		}
	}

	void remove(Lasting exchange) {
		this.running.remove(exchange);
	}

	void end() {
		this.ending = true;
		this.running.forEach(Lasting::end);
	}

}
