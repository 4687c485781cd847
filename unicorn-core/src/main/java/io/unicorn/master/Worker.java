package io.unicorn.master;

import java.time.Duration;
import java.time.Instant;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.launch.PoolSettings;
import org.jspecify.annotations.Nullable;

/**
 * What the arbiter knows of one worker process.
 */
final class Worker {

	final long id;

	final int index;

	final int generation;

	/** Whether it was started while the worker that it is to replace still served. */
	final boolean replacement;

	/** Whether it has the JVM flags that open a port of their own. */
	final boolean exclusive;

	/** The settings of its generation. */
	final PoolSettings settings;

	/** Crashes in a row of the workers whose place it has taken. */
	final int earlierCrashes;

	final Instant spawnedAt;

	private int pid;

	private WorkerState state = WorkerState.BOOTING;

	private Instant readyAt;

	private Instant lastHeard;

	private Message.Heartbeat load = new Message.Heartbeat(0, 0, 0, 0, 0, 0);

	private Message.@Nullable Health health;

	private Instant healthAt;

	/** Why it asked to be replaced. */
	private Message.@Nullable Retire retirement;

	/** Why it was told to leave; the word under which its exit is counted. */
	private @Nullable String leaving;

	/** When the worker is killed if it has not left. */
	private Instant deadline = Instant.MAX;

	private @Nullable Instant channelLostAt;

	private Priority priority = Priority.NORMAL;

	Worker(long id, int index, int generation, PoolSettings settings, boolean replacement, boolean exclusive,
			int earlierCrashes, Instant spawnedAt) {
		this.id = id;
		this.index = index;
		this.generation = generation;
		this.settings = settings;
		this.replacement = replacement;
		this.exclusive = exclusive;
		this.earlierCrashes = earlierCrashes;
		this.spawnedAt = spawnedAt;
		this.readyAt = spawnedAt;
		this.lastHeard = spawnedAt;
		this.healthAt = spawnedAt;
	}

	/**
	 * Restore a worker that another master has started. That it has not been heard of
	 * while nobody listened is not its fault.
	 */
	static Worker restore(ArbiterState.SavedWorker saved, PoolSettings settings, Instant now) {
		Worker worker = new Worker(saved.id(), saved.index(), saved.generation(), settings, saved.replacement(),
				saved.exclusive(), saved.earlierCrashes(), saved.spawnedAt());
		worker.pid = saved.pid();
		worker.state = saved.state();
		worker.readyAt = saved.readyAt();
		worker.lastHeard = now;
		worker.load = saved.load();
		worker.retirement = saved.retirement();
		worker.leaving = saved.leaving();
		worker.deadline = saved.deadline();
		worker.channelLostAt = saved.channelLostAt();
		// Whoever is past its boot was given its share before it was handed over.
		worker.priority = worker.is(WorkerState.BOOTING) ? Priority.BACKGROUND : Priority.NORMAL;
		return worker;
	}

	ArbiterState.SavedWorker save() {
		return new ArbiterState.SavedWorker(this.id, this.index, this.generation, this.replacement, this.exclusive,
				this.earlierCrashes, this.spawnedAt, this.pid, this.state, this.readyAt, this.load, this.retirement,
				this.leaving, this.deadline, this.channelLostAt);
	}

	WorkerState state() {
		return this.state;
	}

	boolean is(WorkerState state) {
		return this.state == state;
	}

	/** Whether it serves or will serve: neither leaving nor about to be killed. */
	boolean isActive() {
		return this.state == WorkerState.BOOTING || this.state == WorkerState.READY;
	}

	/** Whether it was given up and is killed in any case. */
	boolean isCondemned() {
		return Verdict.HUNG.equals(this.leaving) || Verdict.BOOT_TIMEOUT.equals(this.leaving);
	}

	void spawned(int pid) {
		this.pid = pid;
	}

	/** Whether there is a process: not yet while its spawn has only been ordered. */
	boolean isSpawned() {
		return this.pid != 0;
	}

	void health(Message.Health health, Instant now) {
		this.health = health;
		this.healthAt = now;
	}

	/** What it said of its health last, or {@code null} if it never did. */
	Message.@Nullable Health health() {
		return this.health;
	}

	Instant healthAt() {
		return this.healthAt;
	}

	void ready(Instant now) {
		this.state = WorkerState.READY;
		this.readyAt = now;
		this.lastHeard = now;
	}

	void heard(Message.Heartbeat load, Instant now) {
		this.load = load;
		this.lastHeard = now;
	}

	/** Forgive a silence that is not the worker's fault. */
	void forgiveSilence(Instant now) {
		this.lastHeard = now;
		this.healthAt = now;
	}

	Instant readyAt() {
		return this.readyAt;
	}

	Instant lastHeard() {
		return this.lastHeard;
	}

	Message.Heartbeat load() {
		return this.load;
	}

	void retire(Message.Retire retirement) {
		this.retirement = retirement;
	}

	Message.@Nullable Retire retirement() {
		return this.retirement;
	}

	void leave(WorkerState state, String reason, Instant deadline) {
		this.state = state;
		this.leaving = reason;
		this.deadline = deadline;
	}

	@Nullable String leaving() {
		return this.leaving;
	}

	Instant deadline() {
		return this.deadline;
	}

	Priority priority() {
		return this.priority;
	}

	void prioritize(Priority priority) {
		this.priority = priority;
	}

	void channelLost(Instant now) {
		this.channelLostAt = now;
	}

	@Nullable Instant channelLostAt() {
		return this.channelLostAt;
	}

	/**
	 * Return how many crashes in a row there are if it crashes now.
	 */
	int crashesIfItCrashes(Instant now) {
		boolean quiet = this.readyAt.isAfter(this.spawnedAt)
				&& Duration.between(this.readyAt, now).compareTo(Backoff.QUIET) >= 0;
		return quiet ? 1 : this.earlierCrashes + 1;
	}

	PoolSnapshot.WorkerInfo describe(boolean leader) {
		return new PoolSnapshot.WorkerInfo(this.index, this.id, this.pid, this.generation, this.state.configName(),
				leader, this.spawnedAt, this.load.requests(), this.load.inFlight());
	}

	@Override
	public String toString() {
		return (this.pid != 0) ? "worker " + this.index + " (pid " + this.pid + ")" : "worker " + this.index;
	}

}
