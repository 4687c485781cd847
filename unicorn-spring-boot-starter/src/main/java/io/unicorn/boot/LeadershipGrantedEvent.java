package io.unicorn.boot;

import java.util.Map;

import org.springframework.context.ApplicationEvent;

/**
 * This worker is the leader of the pool from now on. No other worker is, and the leader
 * before has handled its {@link LeadershipRevokedEvent}, or has exited. Published in a
 * worker only, on the thread that publishes that event later.
 */
@SuppressWarnings("serial")
public final class LeadershipGrantedEvent extends ApplicationEvent {

	private final boolean first;

	private final transient Map<String, String> handOver;

	/**
	 * Create the event.
	 * @param source the worker
	 * @param first whether the pool had no leader before
	 * @param handOver what the leader before has left
	 */
	public LeadershipGrantedEvent(PoolWorker source, boolean first, Map<String, String> handOver) {
		super(source);
		this.first = first;
		this.handOver = Map.copyOf(handOver);
	}

	/**
	 * Whether this worker is the first leader since the start of the pool.
	 */
	public boolean isFirst() {
		return this.first;
	}

	/**
	 * Return what the leader before has left for this one by
	 * {@link LeadershipRevokedEvent#handOver}.
	 * @return texts by key; empty if it has crashed
	 */
	public Map<String, String> handOver() {
		return this.handOver;
	}

}
