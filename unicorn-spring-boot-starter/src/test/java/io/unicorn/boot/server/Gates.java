package io.unicorn.boot.server;

import java.nio.channels.ServerSocketChannel;
import java.util.List;

import io.unicorn.worker.AcceptDelay;

/**
 * Makes gates that let everything in at once.
 */
public final class Gates {

	private Gates() {
	}

	public static AcceptGate on(ServerSocketChannel listener) {
		return on(listener, new BlockingArrivals(listener));
	}

	public static AcceptGate on(ServerSocketChannel listener, Arrivals arrivals) {
		return new AcceptGate(List.of(listener), arrivals, AcceptDelay.none(), () -> true);
	}

}
