package io.unicorn.boot;

import java.util.ArrayList;
import java.util.List;

/**
 * The messages that come while the application builds its listeners: a listener that
 * loads what it knows and then listens must not miss what came in between. Thread-safe.
 */
final class EarlyMessages {

	private static final int MAX_MESSAGES = 1000;

	private static final int MAX_BYTES = 4 << 20;

	private final List<PoolMessage> messages = new ArrayList<>();

	private int bytes;

	private volatile boolean ended;

	/** Deliver a message, and keep it for listeners that are yet to come. */
	void deliver(PoolMessage message, Runnable delivery) {
		if (this.ended) {
			delivery.run();
			return;
		}
		synchronized (this) {
			if (!this.ended && this.messages.size() < MAX_MESSAGES && this.bytes < MAX_BYTES) {
				this.messages.add(message);
				this.bytes += message.payload().length;
			}
			delivery.run();
		}
	}

	/** Add a listener, and let it have what has come before. */
	synchronized void subscribe(String topic, Subscriber subscriber, Runnable addition) {
		addition.run();
		this.messages.stream().filter((message) -> message.topic().equals(topic)).forEach(subscriber::deliver);
	}

	/** Keep no more messages. */
	synchronized void end() {
		this.ended = true;
		this.messages.clear();
	}

}
