package io.unicorn.boot.autoconfigure;

import io.unicorn.worker.WorkerAgent;

import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Drains a worker that is stopped without its master's doing, by SIGTERM or by closing
 * the context: before Spring Boot's graceful shutdown, which would cut idle connections.
 */
final class DrainLifecycle implements SmartLifecycle {

	/** Higher phases stop first. */
	private static final int PHASE = WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 512;

	private final WorkerAgent agent;

	private volatile boolean running;

	DrainLifecycle(WorkerAgent agent) {
		this.agent = agent;
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.agent.drainBeforeExit();
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
