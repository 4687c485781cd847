package io.unicorn.master.arbiter;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.unicorn.master.arbiter.pool.Backoff;
import io.unicorn.master.arbiter.pool.Effect.Level;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.LogFormat;
import io.unicorn.master.arbiter.pool.Pool;
import io.unicorn.master.arbiter.pool.Worker;
import io.unicorn.master.arbiter.pool.WorkerState;
import org.jspecify.annotations.Nullable;

/**
 * Notices that workers fail to boot again and again while another one serves: the
 * application then seems to hold something that only one process can have, such as a port
 * or the lock of an embedded database. It says so once per generation and lets further
 * attempts wait longer.
 */
final class ExclusiveResource {

	/** Failures in a row after which it is told if a worker has printed the cause, */
	private static final int WITH_CLUE = 2;

	/** and if none has. */
	private static final int WITHOUT_CLUE = 3;

	private static final String DOCUMENTATION = "https://github.com/unicorn-spring/unicorn-spring-boot/blob/main/docs/"
			+ "one-process-to-many.md#what-only-one-process-can-have";

	private final Pool pool;

	private final EffectBuffer effects;

	/** The generation that the following is about. */
	private int generation;

	/** Slots of which a worker has been ready. */
	private final Set<Integer> provenSlots = new HashSet<>();

	/** Whether two workers have been ready at once. */
	private boolean shared;

	private int failures;

	private String clue = "";

	private String problem = "";

	/** The worker whose boot log came last, and what it tells. */
	private long loggedWorker;

	private @Nullable String loggedClue;

	ExclusiveResource(Pool pool, EffectBuffer effects) {
		this.pool = pool;
		this.effects = effects;
	}

	/** Continue after another master. */
	void restore(int generation) {
		begin(generation);
		this.pool.in(WorkerState.READY).forEach(this::ready);
	}

	private void begin(int generation) {
		if (this.generation != generation) {
			this.generation = generation;
			this.provenSlots.clear();
			this.shared = false;
			this.failures = 0;
			this.clue = "";
			this.problem = "";
		}
	}

	/** Note that a worker has become ready. */
	void ready(Worker worker) {
		begin(worker.generation());
		this.provenSlots.add(worker.index());
		long ready = this.pool.in(WorkerState.READY).filter((one) -> one.generation() == this.generation).count();
		if (ready > 1) {
			this.shared = true;
			this.failures = 0;
			this.clue = "";
			this.problem = "";
		}
	}

	/** Note the last lines of a worker that has not become ready; it may have exited. */
	void bootLog(long id, List<String> lines) {
		this.loggedWorker = id;
		this.loggedClue = BootLogClues.find(lines);
	}

	/**
	 * Return the line of a worker's boot log that names what it could not have,
	 * {@code null} if there is none.
	 */
	@Nullable String clue(Worker worker) {
		return (worker.id() == this.loggedWorker) ? this.loggedClue : null;
	}

	/**
	 * Note that a worker of the generation in force has not become ready.
	 * @return the longest time that its successor may wait
	 */
	Duration bootFailed(Worker worker) {
		if (!worker.isSpawned() || this.pool.ready() == 0) {
			return Backoff.CAP;
		}
		begin(worker.generation());
		this.failures++;
		String found = clue(worker);
		this.clue = (found != null) ? found : this.clue;
		boolean suspected = this.clue.isEmpty() ? this.failures >= WITHOUT_CLUE && !this.shared
				: this.failures >= WITH_CLUE;
		if (suspected && this.problem.isEmpty()) {
			tell();
		}
		return (this.shared && this.provenSlots.contains(worker.index())) ? Backoff.CAP : Backoff.LONG_CAP;
	}

	private void tell() {
		String serving = this.pool.in(WorkerState.READY).map(Worker::toString).findFirst().orElse("another worker");
		this.problem = "the application seems to hold something that only one process can have: workers fail to boot "
				+ "while " + serving + " serves"
				+ (this.clue.isEmpty() ? "" : ", and the last one printed \"" + this.clue + "\"");
		this.effects.log(Level.WARN, this.problem + ". The pool goes on with " + LogFormat.workers(this.pool.ready())
				+ " and tries again less and less often; what to do: " + DOCUMENTATION);
	}

	/** Return why workers are missing or cannot be replaced, empty if none are. */
	String problem(int target) {
		boolean wanting = this.pool.ready() < target
				|| this.pool.in(WorkerState.READY).anyMatch((worker) -> worker.retirement() != null);
		return wanting ? this.problem : "";
	}

}
