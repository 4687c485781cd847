package io.unicorn.master.cache;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.unicorn.launch.cache.ClassDataCache;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.generation.Generations;
import io.unicorn.master.ground.Ground;
import io.unicorn.master.log.LogQueue;
import io.unicorn.master.process.WorkerProcesses;

/**
 * Performs the effects that concern caches of class data: those of workers and the
 * archive of the master's own classes. Used by the master's main thread alone.
 */
public final class CacheEffects {

	/** The training ends, because there is nothing to make a cache of. */
	private static final Event.CacheEvent NONE = new Event.CacheFound("");

	private final Caches caches;

	private final Trainer trainer;

	private final Archive archive;

	private final WorkerProcesses processes;

	private final Generations generations;

	private final Ground ground;

	private final List<String> environment;

	private final Consumer<Event> events;

	/**
	 * Create.
	 * @param environment the environment of workers, in byte form
	 * @param events receives the results
	 */
	public CacheEffects(Caches caches, Trainer trainer, Archive archive, WorkerProcesses processes,
			Generations generations, Ground ground, List<String> environment, Consumer<Event> events) {
		this.caches = caches;
		this.trainer = trainer;
		this.archive = archive;
		this.processes = processes;
		this.generations = generations;
		this.ground = ground;
		this.environment = environment;
		this.events = events;
	}

	public void perform(Effect.CacheEffect effect) {
		if (effect instanceof Effect.InspectCache inspect) {
			this.processes.pid(inspect.id()).ifPresent((pid) -> this.caches.inspect(inspect.id(), pid));
		}
		else if (effect instanceof Effect.CancelTraining) {
			this.trainer.cancel();
		}
		else if (effect instanceof Effect.TrainCache train) {
			report(train(train.generation()));
		}
		else if (effect instanceof Effect.MakeArchive) {
			report(this.archive.wanted().map(this::makeArchive).orElse(NONE));
		}
	}

	private Event.CacheEvent train(int generation) {
		try {
			LaunchPlan plan = this.ground.forWorker(generation);
			ClassDataCache cache = ClassDataCache.of(plan).orElse(null);
			if (cache == null) {
				return NONE;
			}
			if (!this.ground.hasCode(generation)) {
				this.events.accept(new Event.CodeLost(generation, 0));
				return new Event.TrainingPostponed(cache.key());
			}
			return this.caches.exists(cache) ? new Event.CacheFound(cache.key())
					: this.trainer.train(cache, (making) -> WorkerCommand.training(plan, this.environment,
							Stream.concat(making.flags().stream(), WorkerCommand.sessions(plan).stream()).toList()));
		}
		catch (IOException ex) {
			return new Event.TrainingFailed(Caches.key(this.generations.plan(generation)),
					String.valueOf(ex.getMessage()), List.of());
		}
	}

	private Event.CacheEvent makeArchive(ClassDataCache cache) {
		boolean over = this.caches.exists(cache) || !this.archive.isPossible();
		return over ? new Event.CacheFound(cache.key())
				: this.trainer.train(cache, (making) -> this.archive.making(making, this.environment));
	}

	/**
	 * Report what happened to a cache. A new cache is leased first, before another pool
	 * takes it for unused.
	 */
	public void report(Event.CacheEvent event) {
		this.generations.lease();
		this.events.accept(event);
	}

	/** Drop the master's archive if this JVM does not use it, or ask for a new one. */
	public void checkArchive(LogQueue log) {
		if (this.archive.removeUnused(Path.of("/proc/self/maps"))) {
			log.write(Effect.Level.WARN, "the archive of the master's classes is dropped, because the JVM does "
					+ "not use it; the next master makes another one");
		}
		this.archive.wanted().ifPresent((cache) -> this.events.accept(new Event.ArchiveWanted(cache.key())));
	}

	/** End a training that runs, and remove its files. */
	public void close() {
		this.trainer.close();
		this.archive.close();
	}

}
