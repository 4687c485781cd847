package io.unicorn.boot.worker;

import io.unicorn.worker.WorkerAgent;

import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Drains a worker that stops without an order of its master, because of SIGTERM or
 * because its context is closed. Runs before Spring Boot's graceful shutdown, which would
 * close idle connections.
 */
public final class DrainLifecycle implements SmartLifecycle {

	/** Higher phases stop first. */
	private static final int PHASE = WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 512;

	private final WorkerAgent agent;

	private volatile boolean running;

	/**
	 * Create a lifecycle that drains by this agent.
	 */
	public DrainLifecycle(WorkerAgent agent) {
		this.agent = agent;
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.agent.contextClosing(WorkerProcess::keepListeners);
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
