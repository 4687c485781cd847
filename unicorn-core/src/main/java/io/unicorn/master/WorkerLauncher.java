package io.unicorn.master;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.launch.workdir.GroupDirectory;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.cache.Caches;
import io.unicorn.master.generation.Generations;
import io.unicorn.master.ground.Ground;
import io.unicorn.master.listener.ListenerSet;
import io.unicorn.master.process.CpuLimits;
import io.unicorn.master.process.WorkerProcesses;
import io.unicorn.posix.Command;
import io.unicorn.posix.Listener;

/**
 * Spawns workers from the launch plan of their generation. Used by the master's main
 * thread alone.
 */
final class WorkerLauncher {

	private final Ground ground;

	private final Generations generations;

	private final ListenerSet listeners;

	private final Caches caches;

	private final WorkerProcesses processes;

	private final List<String> environment;

	private final Consumer<Event> events;

	/**
	 * Create.
	 * @param environment the environment of workers, in byte form
	 * @param events receives the results
	 */
	WorkerLauncher(Ground ground, Generations generations, ListenerSet listeners, Caches caches,
			WorkerProcesses processes, List<String> environment, Consumer<Event> events) {
		this.ground = ground;
		this.generations = generations;
		this.listeners = listeners;
		this.caches = caches;
		this.processes = processes;
		this.environment = environment;
		this.events = events;
	}

	/**
	 * Spawn a worker and report the result, before any message of that worker is
	 * reported. If its code is gone, report that.
	 */
	void spawn(Effect.Spawn effect) {
		try {
			LaunchPlan plan = this.ground.forWorker(effect.generation());
			if (!this.ground.hasCode(effect.generation())) {
				this.events.accept(new Event.CodeLost(effect.generation(), effect.id()));
				return;
			}
			this.processes.makeDumpDir(plan.settings().dumpDir());
			List<Listener> open = plan.bindings().addresses().stream().map(this.listeners::listener).toList();
			int[] inherited = IntStream
				.concat(open.stream().mapToInt(Listener::fd), this.generations.leaseOf(plan).stream())
				.toArray();
			List<String> leading = new ArrayList<>(group(plan));
			leading.addAll(WorkerCommand.sessions(plan));
			if (!effect.exclusive()) {
				leading.addAll(this.caches.optionsFor(effect.id(), plan));
			}
			Command command = WorkerCommand.of(plan, open, this.environment, effect.index(), effect.id(),
					effect.exclusive(), leading);
			int pid = this.processes.spawn(effect.id(), command, CpuLimits.of(command), inherited);
			this.events.accept(new Event.Spawned(effect.id(), pid));
		}
		catch (IOException | RuntimeException ex) {
			this.events.accept(new Event.SpawnFailed(effect.id(), String.valueOf(ex.getMessage())));
		}
	}

	private static List<String> group(LaunchPlan plan) {
		Path directory = GroupDirectory.of(Path.of(Command.text(plan.master().workDir())));
		return (directory != null) ? List.of("-D" + WorkerCommand.GROUP_PROPERTY + "=" + Command.bytes(directory))
				: List.of();
	}

}
