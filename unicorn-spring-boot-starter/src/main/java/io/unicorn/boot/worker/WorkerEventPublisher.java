package io.unicorn.boot.worker;

import java.util.Map;

import io.unicorn.boot.LeadershipGrantedEvent;
import io.unicorn.boot.LeadershipRevokedEvent;
import io.unicorn.boot.PoolWorker;
import io.unicorn.boot.WorkerDrainingEvent;
import io.unicorn.boot.WorkerReadyEvent;
import io.unicorn.worker.WorkerListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes what happens to this worker in its context.
 */
public final class WorkerEventPublisher implements WorkerListener {

	private static final Log logger = LogFactory.getLog(WorkerEventPublisher.class);

	private final PoolWorker worker;

	private final ApplicationEventPublisher publisher;

	/**
	 * Create a publisher.
	 * @param worker the source of the events
	 * @param publisher the context
	 */
	public WorkerEventPublisher(PoolWorker worker, ApplicationEventPublisher publisher) {
		this.worker = worker;
		this.publisher = publisher;
	}

	@Override
	public void ready() {
		this.publisher.publishEvent(new WorkerReadyEvent(this.worker));
	}

	@Override
	public void draining() {
		this.publisher.publishEvent(new WorkerDrainingEvent(this.worker));
	}

	@Override
	public void leadershipGranted(boolean first, Map<String, String> handOver) {
		this.publisher.publishEvent(new LeadershipGrantedEvent(this.worker, first, handOver));
	}

	/** What a listener has left reaches the next leader even if a later one fails. */
	@Override
	public Map<String, String> leadershipRevoked() {
		LeadershipRevokedEvent event = new LeadershipRevokedEvent(this.worker);
		try {
			this.publisher.publishEvent(event);
		}
		catch (RuntimeException ex) {
			logger.error("A listener of LeadershipRevokedEvent failed", ex);
		}
		return event.handOver();
	}

}
