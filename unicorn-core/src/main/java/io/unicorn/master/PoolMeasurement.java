package io.unicorn.master;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.ipc.PoolSnapshot.MasterInfo;
import io.unicorn.ipc.PoolSnapshot.WorkerInfo;
import io.unicorn.launch.plan.ListenAddress;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.generation.Generations;
import io.unicorn.master.listener.ListenerSet;
import io.unicorn.master.process.ProcessFigures;

/**
 * Adds to the arbiter's description of the pool what only the kernel knows, when somebody
 * asks for it. Used by the master's main thread alone.
 */
final class PoolMeasurement {

	private static final String VERSION = Objects
		.requireNonNullElse(PoolMeasurement.class.getPackage().getImplementationVersion(), "");

	private final ProcessFigures processes;

	private final ListenerSet listeners;

	private final Generations generations;

	PoolMeasurement(ProcessFigures processes, ListenerSet listeners, Generations generations) {
		this.processes = processes;
		this.listeners = listeners;
		this.generations = generations;
	}

	/** Return the delivery of a pool's complete description. */
	Effect.Delivery complete(Effect.Delivery delivery) {
		return (delivery.message() instanceof Message.PoolReply reply)
				? delivery.with(new Message.PoolReply(reply.query(), complete(reply.pool()))) : delivery;
	}

	private PoolSnapshot complete(PoolSnapshot pool) {
		MasterInfo master = pool.master();
		this.processes.retain(pool.workers().stream().map(WorkerInfo::pid).collect(Collectors.toSet()));
		return new PoolSnapshot(
				new MasterInfo(master.pid(), master.startedAt(), master.uptimeSeconds(), VERSION,
						Runtime.version().toString(), master.state(), master.generation()),
				pool.target(), pool.ready(), this.listeners.describe(addresses()),
				pool.workers().stream().map(this::complete).toList(), pool.exits(), pool.lastExits(), pool.rollouts(),
				pool.problem());
	}

	/** Return a pool with its listeners, and without what processes use. */
	PoolSnapshot withListeners(PoolSnapshot pool) {
		return new PoolSnapshot(pool.master(), pool.target(), pool.ready(), this.listeners.describe(addresses()),
				pool.workers(), pool.exits(), pool.lastExits(), pool.rollouts(), pool.problem());
	}

	private List<ListenAddress> addresses() {
		return this.generations.plans()
			.values()
			.stream()
			.flatMap((plan) -> plan.bindings().addresses().stream())
			.toList();
	}

	private WorkerInfo complete(WorkerInfo worker) {
		ProcessFigures.Figures figures = this.processes.of(worker.pid(), System.nanoTime());
		return worker.with(figures.rssBytes(), figures.cpuPercent(), figures.threads());
	}

}
