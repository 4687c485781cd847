package io.unicorn.boot;

import org.springframework.context.ApplicationEvent;

/**
 * This worker stops accepting connections, and exits when those that it has are closed.
 * Published in a worker only. Listeners may block; the exit does not wait for them.
 */
@SuppressWarnings("serial")
public final class WorkerDrainingEvent extends ApplicationEvent {

	/**
	 * Create the event.
	 * @param source the worker
	 */
	public WorkerDrainingEvent(PoolWorker source) {
		super(source);
	}

}
