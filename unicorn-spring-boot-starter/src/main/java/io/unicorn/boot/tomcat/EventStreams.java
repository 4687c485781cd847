package io.unicorn.boot.tomcat;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The streams of events that a server is sending. Thread-safe.
 */
final class EventStreams {

	private final Set<EventStream> running = ConcurrentHashMap.newKeySet();

	void add(EventStream stream) {
		this.running.add(stream);
	}

	void remove(EventStream stream) {
		this.running.remove(stream);
	}

	/**
	 * End each stream as soon as it is between two events. To be called again: streams
	 * may begin on connections that are still open.
	 */
	void end() {
		this.running.forEach(EventStream::end);
	}

}
