package io.unicorn.boot;

import org.springframework.context.ApplicationEvent;

/**
 * This worker has been warmed up and accepts connections. Published in a worker only.
 * Listeners may block.
 */
@SuppressWarnings("serial")
public final class WorkerReadyEvent extends ApplicationEvent {

	/**
	 * Create the event.
	 * @param source the worker
	 */
	public WorkerReadyEvent(PoolWorker source) {
		super(source);
	}

}
