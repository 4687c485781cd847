package io.unicorn.master;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.cache.CacheEffects;
import io.unicorn.master.command.Commands;
import io.unicorn.master.event.BackgroundThread;
import io.unicorn.master.generation.Generations;
import io.unicorn.master.ground.Ground;
import io.unicorn.master.hook.HookRunner;
import io.unicorn.master.listener.ListenerEffects;
import io.unicorn.master.listener.ListenerSet;
import io.unicorn.master.log.LogQueue;
import io.unicorn.master.meters.MeterExchange;
import io.unicorn.master.process.Preparations;
import io.unicorn.master.process.SharedFiles;
import io.unicorn.master.process.WorkerProcesses;
import io.unicorn.master.upgrade.MasterUpgrade;

/**
 * Performs the arbiter's effects. Used by the master's main thread alone.
 */
final class EffectPerformer implements Consumer<Effect> {

	/** How long a thread dump waits for the log line that announces it. */
	private static final Duration LINE = Duration.ofMillis(100);

	/**
	 * What performs the effects of one kind.
	 */
	record Parts(Ground ground, WorkerLauncher launcher, WorkerProcesses processes, Preparations preparations,
			Generations generations, ListenerSet listeners, ListenerEffects listenerEffects, CacheEffects caches,
			Commands commands, SharedFiles sharedFiles, MasterUpgrade upgrade, BackgroundThread background,
			PoolMeasurement measurement, MeterExchange meters, HookRunner hooks) {

	}

	private final Parts parts;

	private final List<String> environment;

	private final LogQueue log;

	private final Consumer<Event> events;

	private final IntConsumer exit;

	private final Consumer<String> withoutPool;

	/**
	 * Create.
	 * @param environment the environment of workers, in byte form
	 * @param events receives the results
	 * @param exit ends the master with an exit code
	 * @param withoutPool executes the application without a pool, for a reason
	 */
	EffectPerformer(Parts parts, List<String> environment, LogQueue log, Consumer<Event> events, IntConsumer exit,
			Consumer<String> withoutPool) {
		this.parts = parts;
		this.environment = environment;
		this.log = log;
		this.events = events;
		this.exit = exit;
		this.withoutPool = withoutPool;
	}

	/**
	 * Perform an effect. Whatever it throws, an effect whose result the arbiter awaits
	 * has failed then.
	 */
	@Override
	public void accept(Effect effect) {
		try {
			perform(effect);
		}
		catch (RuntimeException | Error ex) {
			reportFailure(effect, String.valueOf(ex));
			throw ex;
		}
	}

	private void reportFailure(Effect effect, String cause) {
		if (effect instanceof Effect.Spawn spawn) {
			this.parts.processes.abandon(spawn.id());
			this.parts.meters.exited(spawn.id());
			this.events.accept(new Event.SpawnFailed(spawn.id(), cause));
		}
		else if (effect instanceof Effect.Prepare prepare) {
			this.events.accept(new Event.PreparationFailed(prepare.generation(),
					"the new code could not be started: " + cause, List.of()));
		}
		else if (effect instanceof Effect.RestoreCode restore) {
			this.events.accept(new Event.CodeNotRestored(restore.generation(), "", cause));
		}
		else if (effect instanceof Effect.RunHook run) {
			this.events.accept(new Event.HookEnded(run.hook()));
		}
		else if (effect instanceof Effect.CountBacklog) {
			this.events.accept(new Event.BacklogCounted(0, 0, false));
		}
		else if (effect instanceof Effect.Upgrade) {
			this.events.accept(new Event.UpgradeFailed("it could not be started: " + cause));
		}
	}

	private void perform(Effect effect) {
		if (effect instanceof Effect.Log line) {
			this.log.write(line.level(), line.text());
		}
		else if (effect instanceof Effect.Spawn spawn) {
			this.parts.meters.spawned(spawn.id(), spawn.index());
			this.parts.launcher.spawn(spawn);
		}
		else if (effect instanceof Effect.Send send) {
			this.parts.processes.send(send);
		}
		else if (effect instanceof Effect.Measure measure) {
			perform(this.parts.measurement().complete(measure.delivery()));
		}
		else if (effect instanceof Effect.SetPriority prioritize) {
			this.parts.processes.prioritize(prioritize);
		}
		else if (effect instanceof Effect.LookForHeapDump look) {
			this.parts.processes.lookForHeapDump(look);
		}
		else if (effect instanceof Effect.Kill kill) {
			this.parts.processes.kill(kill);
		}
		else if (effect instanceof Effect.DumpThreads dump) {
			dump(dump);
		}
		else if (effect instanceof Effect.LookForDump look) {
			this.parts.processes.lookForDump(look);
		}
		else if (effect instanceof Effect.Answer answer) {
			this.parts.commands.answer(answer);
		}
		else if (effect instanceof Effect.CacheEffect cache) {
			this.parts.caches.perform(cache);
		}
		else if (effect instanceof Effect.CompareFiles compare) {
			compareFiles(compare);
		}
		else if (effect instanceof Effect.RunHook run) {
			this.parts.hooks.run(run);
		}
		else if (effect instanceof Effect.ReopenLog) {
			this.log.reopen();
		}
		else if (effect instanceof Effect.Upgrade) {
			this.parts.upgrade.begin();
		}
		else if (effect instanceof Effect.CancelUpgrade) {
			this.parts.upgrade.cancel();
		}
		else if (effect instanceof Effect.Exit end) {
			this.exit.accept(end.code());
		}
		else if (effect instanceof Effect.RunWithoutPool run) {
			this.withoutPool.accept(run.obstacle());
		}
		else if (!isOfGeneration(effect)) {
			performOnListeners(effect);
		}
	}

	/** Reading the descriptors of processes may take some time. */
	private void compareFiles(Effect.CompareFiles compare) {
		List<Integer> pids = compare.ids()
			.stream()
			.flatMap((id) -> this.parts.processes.pid(id).stream().boxed())
			.toList();
		this.parts.background.run(() -> this.parts.sharedFiles.compare(pids));
	}

	private void dump(Effect.DumpThreads dump) {
		// The worker prints its dump itself; the line that announces it comes first.
		this.log.flush(LINE);
		if (!this.parts.processes.dumpThreads(dump)) {
			this.log.write(Effect.Level.WARN,
					"there is no thread dump: the JVM of this worker would end by SIGQUIT (its flag -Xrs)");
		}
	}

	private boolean isOfGeneration(Effect effect) {
		if (effect instanceof Effect.Prepare prepare) {
			prepare(prepare.generation());
		}
		else if (effect instanceof Effect.RaisePreparationPriority hasten) {
			this.parts.preparations.hasten(hasten.generation());
		}
		else if (effect instanceof Effect.CancelPreparation cancel) {
			this.parts.preparations.cancel(cancel.generation());
		}
		else if (effect instanceof Effect.ForgetGeneration forget) {
			this.parts.generations.forget(forget.generation());
			this.parts.ground.forget(forget.generation());
			this.parts.listeners.retain(this.parts.generations.addresses());
		}
		else if (effect instanceof Effect.RestoreCode restore) {
			this.parts.ground.restoreCode(restore.generation());
		}
		else {
			return false;
		}
		return true;
	}

	private void prepare(int generation) {
		try {
			this.parts.preparations.start(generation, this.parts.ground.forProgram(), this.environment);
		}
		catch (IOException ex) {
			this.events.accept(new Event.PreparationFailed(generation,
					"the new code could not be started: " + ex.getMessage(), List.of()));
		}
	}

	private void performOnListeners(Effect effect) {
		if (effect instanceof Effect.BlockNewConnections refuse) {
			this.parts.listenerEffects.perform(refuse);
		}
		else if (effect instanceof Effect.AdmitNewConnections admit) {
			this.parts.listenerEffects.perform(admit);
		}
		else if (effect instanceof Effect.CountBacklog count) {
			this.parts.listenerEffects.perform(count);
		}
		else if (effect instanceof Effect.CloseListeners close) {
			this.parts.listenerEffects.perform(close);
		}
	}

}
