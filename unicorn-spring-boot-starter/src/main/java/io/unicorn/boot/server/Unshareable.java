package io.unicorn.boot.server;

import java.util.function.IntConsumer;

import io.unicorn.worker.WorkerAgent;

/**
 * Refuses to serve where workers cannot share what the application's server needs. The
 * first worker of a start lets the application run without a pool.
 */
final class Unshareable {

	private final WorkerAgent agent;

	private final IntConsumer exit;

	Unshareable(WorkerAgent agent) {
		this(agent, System::exit);
	}

	/**
	 * Create.
	 * @param exit ends the process with a status
	 */
	Unshareable(WorkerAgent agent, IntConsumer exit) {
		this.agent = agent;
		this.exit = exit;
	}

	/**
	 * Refuse.
	 * @param problem what cannot be shared, as a clause
	 * @param remedy what would change that, as a clause
	 * @return an exception to be thrown
	 */
	RuntimeException refuse(String problem, String remedy) {
		if (this.agent.identity().id() == 1) {
			this.agent.noPool(problem + "; " + remedy);
			this.exit.accept(1);
		}
		return new NotSharedException(problem, remedy);
	}

}
