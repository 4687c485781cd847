package io.unicorn.master.arbiter;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.unicorn.launch.settings.Hook;
import io.unicorn.launch.settings.HookSettings;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.arbiter.pool.ExitReason;
import io.unicorn.master.arbiter.pool.Pool;
import io.unicorn.master.arbiter.pool.PoolConfiguration;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import io.unicorn.master.arbiter.pool.Worker;
import io.unicorn.master.arbiter.pool.WorkerState;

/**
 * Decides when the commands of hooks run. The pool waits for them twice, for a limited
 * time: before the first worker is started, and before the master ends. A hook of a
 * worker is that of the worker's generation, {@code on-reload} that of the new one, and
 * any other that of the generation in force.
 */
final class Hooks {

	/** What the master may need to kill a command and to report its end. */
	static final Duration SPARE = Duration.ofSeconds(2);

	private final Pool pool;

	private final PoolConfiguration configuration;

	private final EffectBuffer effects;

	/** The workers whose start was told. */
	private Set<Long> started = Set.of();

	private int target;

	/** Whether it was told that all workers of the start are ready. */
	private boolean ready;

	/** How many commands have not ended. */
	private int pending;

	private boolean starting;

	private boolean ending;

	/** Until when the start or the end waits for commands. */
	private Instant deadline = Instant.MAX;

	Hooks(Pool pool, PoolConfiguration configuration, EffectBuffer effects) {
		this.pool = pool;
		this.configuration = configuration;
		this.effects = effects;
		this.target = configuration.target();
	}

	/** Note what the hooks of another master have told. */
	void restore(boolean complete) {
		this.started = ready();
		this.ready = complete;
	}

	/** Note the start, the end of a command, and that the end must not wait longer. */
	void on(Event event, Instant now) {
		if (event instanceof Event.Started) {
			this.starting = true;
			run(Hook.ON_STARTING, this.configuration.generation(), Map.of());
			this.deadline = now.plus(settings().timeout()).plus(SPARE);
		}
		else if (event instanceof Event.HookEnded) {
			this.pending = Math.max(0, this.pending - 1);
		}
		else if (event instanceof Event.Signalled signalled && signalled.signal() == ProcessSignal.INT && this.ending) {
			this.deadline = now;
		}
	}

	/** Tell that new code is prepared. */
	void reloading(int generation, String trigger) {
		run(Hook.ON_RELOAD, generation, Map.of("REASON", trigger));
	}

	/** Tell that the process of a worker has ended. */
	void exited(Worker worker, Event.Exited exit, ExitReason reason) {
		Map<String, String> facts = facts(worker);
		facts.put("REASON", reason.reason());
		facts.put("EXIT_STATUS",
				Integer.toString((exit.signal() != 0) ? ExitReason.SIGNAL_BASE + exit.signal() : exit.code()));
		run(Hook.WORKER_EXITED, worker.generation(), facts);
	}

	/**
	 * Tell which workers have become ready, and whether the target has changed.
	 * @param complete whether as many workers as wanted have been ready once
	 */
	void advance(boolean complete) {
		int before = this.target;
		this.target = this.configuration.target();
		if (this.target != before) {
			run(Hook.WORKERS_CHANGED, this.configuration.generation(),
					Map.of("WORKERS_BEFORE", Integer.toString(before)));
		}
		Set<Long> ready = ready();
		this.pool.in(WorkerState.READY)
			.filter((worker) -> !this.started.contains(worker.id()))
			.forEach((worker) -> run(Hook.WORKER_STARTED, worker.generation(), facts(worker)));
		this.started = ready;
		if (complete && !this.ready) {
			this.ready = true;
			run(Hook.WHEN_READY, this.configuration.generation(), Map.of());
		}
	}

	private Set<Long> ready() {
		return this.pool.in(WorkerState.READY).map(Worker::id).collect(Collectors.toSet());
	}

	/** Whether the first worker has to wait. */
	boolean holdStart(Instant now) {
		this.starting = this.starting && this.pending > 0 && now.isBefore(this.deadline);
		return this.starting;
	}

	/**
	 * Whether the master has to wait although no worker is left. The first call tells
	 * that.
	 * @param code the exit code of the master
	 */
	boolean holdEnd(int code, Instant now) {
		if (!this.ending) {
			this.ending = true;
			run(Hook.ON_EXIT, this.configuration.generation(), Map.of("EXIT_STATUS", Integer.toString(code)));
			// Those before it may take as long as it may itself.
			this.deadline = now.plus(settings().timeout().multipliedBy(2)).plus(SPARE);
		}
		return this.pending > 0 && now.isBefore(this.deadline);
	}

	/** Whether a command has not ended. */
	boolean arePending() {
		return this.pending > 0;
	}

	/** Return when the pool waits no longer. */
	Stream<Instant> deadlines() {
		return (this.starting || this.ending) ? Stream.of(this.deadline) : Stream.empty();
	}

	private HookSettings settings() {
		return this.configuration.of(this.configuration.generation()).hooks();
	}

	private static Map<String, String> facts(Worker worker) {
		Map<String, String> facts = new HashMap<>();
		facts.put("WORKER_INDEX", Integer.toString(worker.index()));
		facts.put("WORKER_ID", Long.toString(worker.id()));
		facts.put("WORKER_PID", Integer.toString(worker.pid()));
		return facts;
	}

	private void run(Hook hook, int generation, Map<String, String> facts) {
		HookSettings hooks = this.configuration.of(generation).hooks();
		String command = hooks.command(hook);
		if (command == null) {
			return;
		}
		Map<String, String> all = new HashMap<>();
		facts.forEach((name, value) -> all.put("UNICORN_" + name, value));
		all.put("UNICORN_GENERATION", Integer.toString(generation));
		all.put("UNICORN_WORKERS", Integer.toString(this.configuration.target()));
		all.put("UNICORN_READY", Integer.toString(this.pool.ready()));
		this.pending++;
		this.effects.add(new Effect.RunHook(hook, command, hooks.timeout(), all));
	}

}
