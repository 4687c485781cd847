package io.unicorn.master.arbiter.pool;

import java.time.Duration;
import java.time.Instant;

import io.unicorn.ipc.Initialization;
import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.launch.settings.PoolSettings;
import org.jspecify.annotations.Nullable;

/**
 * Holds what the arbiter knows of one worker process. Not thread-safe.
 */
public final class Worker {

	/** How often its threads may be asked for: they may fill the log. */
	private static final Duration DUMP_INTERVAL = Duration.ofSeconds(1);

	private final long id;

	private final int index;

	private final int generation;

	private final boolean replacement;

	private final boolean exclusive;

	private final PoolSettings settings;

	/** Crashes in a row of its predecessors in this slot. */
	private final int earlierCrashes;

	private final Instant spawnedAt;

	private int pid;

	private boolean connected;

	private WorkerState state = WorkerState.BOOTING;

	private Instant readyAt;

	private Instant lastHeard;

	private Message.Heartbeat load = new Message.Heartbeat(0, 0, 0, 0, 0, 0);

	private Message.@Nullable Health health;

	private Instant healthAt;

	private Message.@Nullable Retire retirement;

	private @Nullable String leaving;

	private Instant deadline = Instant.MAX;

	private @Nullable Instant channelLostAt;

	private HeapDumpWait heapDump = HeapDumpWait.NONE;

	private Message.@Nullable Exiting exiting;

	private @Nullable Instant terminatedAt;

	private String dumpFile = "";

	private Instant dumpAskedAt = Instant.MIN;

	private Instant stuckAt = Instant.MAX;

	private Priority priority = Priority.NORMAL;

	private final LineLimit lines = new LineLimit();

	private final Boot boot;

	/**
	 * Create a worker whose process is about to be started.
	 * @param index the slot that it takes
	 * @param settings the settings of its generation
	 * @param replacement whether the worker that it is to replace still serves
	 * @param exclusive whether it has the JVM flags that open a port of their own
	 * @param earlierCrashes crashes in a row of its predecessors in this slot
	 * @param initialization what it initializes of that which all workers share
	 */
	public Worker(long id, int index, int generation, PoolSettings settings, boolean replacement, boolean exclusive,
			int earlierCrashes, Instant spawnedAt, Initialization initialization) {
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
		this.boot = new Boot(initialization, settings, spawnedAt);
	}

	/**
	 * Restore a worker that another master has started. Its silence counts from now on,
	 * because no master read its messages during the hand-over.
	 */
	public static Worker restore(ArbiterState.SavedWorker saved, PoolSettings settings, Instant now) {
		Worker worker = new Worker(saved.id(), saved.index(), saved.generation(), settings, saved.replacement(),
				saved.exclusive(), saved.earlierCrashes(), saved.spawnedAt(), Initialization.NOTHING);
		worker.pid = saved.pid();
		worker.connected = true;
		worker.state = saved.state();
		worker.readyAt = saved.readyAt();
		worker.lastHeard = now;
		worker.load = saved.load();
		worker.retirement = saved.retirement();
		worker.leaving = saved.leaving();
		worker.deadline = saved.deadline();
		worker.channelLostAt = saved.channelLostAt();
		// The earlier master has raised the priority of each worker that became ready.
		worker.priority = worker.is(WorkerState.BOOTING) ? Priority.BACKGROUND : Priority.NORMAL;
		return worker;
	}

	public ArbiterState.SavedWorker save() {
		return new ArbiterState.SavedWorker(this.id, this.index, this.generation, this.replacement, this.exclusive,
				this.earlierCrashes, this.spawnedAt, this.pid, this.state, this.readyAt, this.load, this.retirement,
				this.leaving, this.deadline, this.channelLostAt);
	}

	public long id() {
		return this.id;
	}

	/** Return the slot of the worker, 0 or more. */
	public int index() {
		return this.index;
	}

	public int generation() {
		return this.generation;
	}

	/** Whether it was started while the worker that it is to replace still served. */
	public boolean isReplacement() {
		return this.replacement;
	}

	/** Whether it has the JVM flags that open a port of their own. */
	public boolean isExclusive() {
		return this.exclusive;
	}

	/** Return the crashes in a row of its predecessors in this slot. */
	public int earlierCrashes() {
		return this.earlierCrashes;
	}

	/** Return what is known of its boot. */
	public Boot boot() {
		return this.boot;
	}

	/** Return the settings of its generation. */
	public PoolSettings settings() {
		return this.settings;
	}

	public Instant spawnedAt() {
		return this.spawnedAt;
	}

	public WorkerState state() {
		return this.state;
	}

	public boolean is(WorkerState state) {
		return this.state == state;
	}

	/** Whether it boots or serves: it was not told to leave and is not to be killed. */
	public boolean isActive() {
		return this.state == WorkerState.BOOTING || this.state == WorkerState.READY;
	}

	/** Whether it hangs, and is killed after its thread dump. */
	public boolean isCondemned() {
		return ExitReason.HUNG.equals(this.leaving) || ExitReason.BOOT_TIMEOUT.equals(this.leaving);
	}

	public void spawned(int pid) {
		this.pid = pid;
	}

	/** Return its process id, 0 if it has none yet. */
	public int pid() {
		return this.pid;
	}

	/** Whether its process exists: the spawn may not have been performed yet. */
	public boolean isSpawned() {
		return this.pid != 0;
	}

	/** Note that its application's JVM has sent a message. */
	public void connected() {
		this.connected = true;
	}

	/** Whether it has ever sent a message. */
	public boolean isConnected() {
		return this.connected;
	}

	public void health(Message.Health health, Instant now) {
		this.health = health;
		this.healthAt = now;
	}

	/** Return its latest health report, or {@code null} if it has sent none. */
	public Message.@Nullable Health health() {
		return this.health;
	}

	/** Return when its latest health report came. */
	public Instant healthAt() {
		return this.healthAt;
	}

	public void ready(Instant now) {
		this.state = WorkerState.READY;
		this.readyAt = now;
		this.lastHeard = now;
	}

	public void heard(Message.Heartbeat load, Instant now) {
		this.load = load;
		this.lastHeard = now;
		this.heapDump = HeapDumpWait.NONE;
	}

	public void heapDump(HeapDumpWait heapDump) {
		this.heapDump = heapDump;
	}

	/** Return what is known of a heap dump that it writes while it is silent. */
	public HeapDumpWait heapDump() {
		return this.heapDump;
	}

	/**
	 * Note that its threads are asked for.
	 * @return whether the last time is a second ago
	 */
	public boolean askForDump(Instant now) {
		boolean due = !now.isBefore(this.dumpAskedAt.plus(DUMP_INTERVAL));
		if (due) {
			this.dumpAskedAt = now;
		}
		return due;
	}

	/** Note the file of a dump that it has written. */
	public void dumped(String file) {
		this.dumpFile = file;
	}

	/** Return the file of the last dump that it has written, empty if there is none. */
	public String dumpFile() {
		return this.dumpFile;
	}

	/**
	 * Return the order to write its threads: into a file if there is a directory for
	 * dumps.
	 */
	public Effect.DumpThreads dumpThreads() {
		return new Effect.DumpThreads(this.id, this.index, this.settings.dumpDir());
	}

	/** Note when its threads are written if its drain has not ended. */
	public void stuckAt(Instant instant) {
		this.stuckAt = instant;
	}

	/**
	 * Return when its threads are written if its drain has not ended, {@link Instant#MAX}
	 * for never.
	 */
	public Instant stuckAt() {
		return this.stuckAt;
	}

	/** Count the worker's silence from now on: the master itself was suspended. */
	public void forgiveSilence(Instant now) {
		this.lastHeard = now;
		this.healthAt = now;
	}

	/** Return the limit of the log lines that its messages cause. */
	public LineLimit lines() {
		return this.lines;
	}

	public Instant readyAt() {
		return this.readyAt;
	}

	public Instant lastHeard() {
		return this.lastHeard;
	}

	public Message.Heartbeat load() {
		return this.load;
	}

	public void retire(Message.Retire retirement) {
		this.retirement = retirement;
	}

	/** Return why it asked to be replaced, {@code null} if it has not. */
	public Message.@Nullable Retire retirement() {
		return this.retirement;
	}

	/**
	 * Note that the worker was told to leave.
	 * @param reason the word under which its exit is counted
	 * @param deadline when it is killed if it has not left
	 */
	public void leave(WorkerState state, String reason, Instant deadline) {
		this.state = state;
		this.leaving = reason;
		this.deadline = deadline;
	}

	/** Return why it was told to leave, {@code null} if it was not. */
	public @Nullable String leaving() {
		return this.leaving;
	}

	/** Return when it is killed if it has not left, {@link Instant#MAX} for never. */
	public Instant deadline() {
		return this.deadline;
	}

	Priority priority() {
		return this.priority;
	}

	void prioritize(Priority priority) {
		this.priority = priority;
	}

	public void channelLost(Instant now) {
		this.channelLostAt = now;
	}

	/** Return when its control connection was lost, {@code null} if it was not. */
	public @Nullable Instant channelLostAt() {
		return this.channelLostAt;
	}

	/** Note that it has got TERM, which this master has not sent. */
	public void terminated(Instant now) {
		if (this.terminatedAt == null) {
			this.terminatedAt = now;
		}
	}

	/**
	 * Return when it has got TERM, which this master has not sent, {@code null} if it has
	 * not.
	 */
	public @Nullable Instant terminatedAt() {
		return this.terminatedAt;
	}

	/** Note that its application ends the process of its own accord. */
	public void exiting(Message.Exiting report) {
		this.exiting = report;
	}

	/**
	 * Return its report that its application ends the process of its own accord,
	 * {@code null} if it has sent none.
	 */
	public Message.@Nullable Exiting exiting() {
		return this.exiting;
	}

	/**
	 * Return how many crashes in a row there are if it crashes now, at least 1.
	 */
	public int crashesIfItCrashes(Instant now) {
		boolean quiet = this.readyAt.isAfter(this.spawnedAt)
				&& Duration.between(this.readyAt, now).compareTo(Backoff.QUIET) >= 0;
		return quiet ? 1 : this.earlierCrashes + 1;
	}

	/**
	 * Return the worker as the pool's snapshot shows it, without what only the kernel
	 * knows.
	 */
	public PoolSnapshot.WorkerInfo describe(boolean leader, Instant now) {
		boolean hasBeenReady = this.readyAt.isAfter(this.spawnedAt);
		return new PoolSnapshot.WorkerInfo(this.index, this.id, this.pid, this.generation, this.state.configName(),
				leader, this.spawnedAt, this.load.requests(), this.load.inFlight(), this.load.errors(),
				this.load.oldestRequestMillis(), this.load.connections(), hasBeenReady ? this.readyAt : null,
				Duration.between(this.spawnedAt, this.readyAt).toMillis(),
				Math.max(0, Duration.between(this.lastHeard, now).toMillis()), this.load.heapUsedBytes(),
				this.load.heapMaxBytes(), 0, 0, 0);
	}

	@Override
	public String toString() {
		return (this.pid != 0) ? "worker " + this.index + " (pid " + this.pid + ")" : "worker " + this.index;
	}

}
