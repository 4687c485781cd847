package io.unicorn.boot;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.unicorn.ipc.Message;

import org.springframework.context.ApplicationEvent;

/**
 * This worker is no longer the leader of the pool, because it is about to leave. The next
 * leader is appointed when all listeners have returned or this process has ended. A
 * listener ends what only the leader may do; it has the {@code graceful-timeout} for
 * that. Published in a worker only.
 */
@SuppressWarnings("serial")
public final class LeadershipRevokedEvent extends ApplicationEvent {

	private final transient Map<String, String> handOver = new ConcurrentHashMap<>();

	/**
	 * Create the event.
	 * @param source the worker
	 */
	public LeadershipRevokedEvent(PoolWorker source) {
		super(source);
	}

	/**
	 * Leave a text for the next leader. All keys and texts together have at most 32,768
	 * characters; scheduled tasks need 60 each of them.
	 * @param key the key under which {@link LeadershipGrantedEvent#handOver} returns it
	 * @param text the text
	 * @throws IllegalArgumentException if that is too much
	 */
	public synchronized void handOver(String key, String text) {
		int left = this.handOver.entrySet()
			.stream()
			.filter((entry) -> !entry.getKey().equals(key))
			.mapToInt((entry) -> entry.getKey().length() + entry.getValue().length())
			.sum();
		int added = key.length() + text.length();
		if (left + added > Message.Resigned.MAX_CHARACTERS) {
			throw new IllegalArgumentException("The next leader can be left " + Message.Resigned.MAX_CHARACTERS
					+ " characters, and gets " + left + " already; " + key + " has " + added);
		}
		this.handOver.put(key, text);
	}

	/**
	 * Return what listeners have left so far.
	 * @return texts by key
	 */
	public Map<String, String> handOver() {
		return Map.copyOf(this.handOver);
	}

}
