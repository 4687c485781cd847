package io.unicorn.boot.worker;

import java.util.function.IntConsumer;

import io.unicorn.worker.WorkerAgent;

import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Checks, just before the web server is started, that it uses the listener of the pool.
 * Otherwise it would fail to open the port, with a message that names the pool itself as
 * another process. If the very first worker of a pool finds that out, the application
 * cannot run as a pool, and the master executes it without one.
 */
public final class ListenerAdoption implements SmartLifecycle {

	/** Lower phases start first. */
	private static final int PHASE = WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 1;

	private final WorkerAgent agent;

	private final ApplicationContext context;

	private final IntConsumer exit;

	private volatile boolean running;

	/**
	 * Create a check of the web server of this context.
	 */
	public ListenerAdoption(WorkerAgent agent, ApplicationContext context) {
		this(agent, context, System::exit);
	}

	ListenerAdoption(WorkerAgent agent, ApplicationContext context, IntConsumer exit) {
		this.agent = agent;
		this.context = context;
		this.exit = exit;
	}

	@Override
	public void start() {
		WebServer server = (this.context instanceof WebServerApplicationContext web) ? web.getWebServer() : null;
		if (server != null && !this.agent.hasServer()) {
			String type = server.getClass().getName();
			if (this.agent.identity().id() == 1) {
				this.agent.noPool("its web server, " + type + ", does not use the listener that the pool has opened");
				this.exit.accept(1);
			}
			throw new ListenerNotAdoptedException(type);
		}
		this.running = true;
	}

	@Override
	public void stop() {
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
