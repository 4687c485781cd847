package io.unicorn.boot.jetty.sse;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Holds the streams of events that a server is sending. Thread-safe.
 */
public final class EventStreams {

	private final Set<EventStream> running = ConcurrentHashMap.newKeySet();

	void add(EventStream stream) {
		this.running.add(stream);
	}

	void remove(EventStream stream) {
		this.running.remove(stream);
	}

	/**
	 * End each stream that is between two events, and each other one after its present
	 * event. To be called again, because streams may begin on connections that are still
	 * open.
	 */
	public void end() {
		this.running.forEach(EventStream::end);
	}

}
