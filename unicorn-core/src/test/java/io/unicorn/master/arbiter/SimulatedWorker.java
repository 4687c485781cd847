package io.unicorn.master.arbiter;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import io.unicorn.ipc.Initialization;
import io.unicorn.ipc.Message;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.arbiter.pool.Priority;
import io.unicorn.master.arbiter.pool.ProcessSignal;

/**
 * A worker of a {@link SimulatedPool}: boots, serves, fails and leaves as the script
 * says.
 */
final class SimulatedWorker {

	enum Phase {

		BOOTING, READY, LEAVING

	}

	private final SimulatedPool pool;

	private final Effect.Spawn spawn;

	private Phase phase = Phase.BOOTING;

	/** Whether it has been ready. */
	private boolean served;

	private boolean leader;

	/** Whether it does what only the leader does. */
	private boolean leading;

	private boolean silent;

	private boolean terminated;

	/** Until when it writes a heap dump. */
	private Instant dumpingUntil = Instant.MIN;

	/** Whether it does not exit when it is told to. */
	private boolean stuck;

	/** Whether it reports its health before it becomes ready. */
	private boolean checked;

	private Priority priority = Priority.NORMAL;

	/** Whether it may initialize what all workers share. */
	private boolean initializes;

	/** Whether it initializes that now. */
	private boolean initializing;

	/** How long it goes on to report its health. */
	private Duration observed = Duration.ZERO;

	private Instant observedUntil = Instant.MIN;

	SimulatedWorker(SimulatedPool pool, Effect.Spawn spawn) {
		this.pool = pool;
		this.spawn = spawn;
	}

	long id() {
		return this.spawn.id();
	}

	int index() {
		return this.spawn.index();
	}

	int generation() {
		return this.spawn.generation();
	}

	boolean isExclusive() {
		return this.spawn.exclusive();
	}

	boolean is(Phase phase) {
		return this.phase == phase;
	}

	boolean isLeader() {
		return this.leader;
	}

	/** Whether it does what only the leader does, also while it resigns. */
	boolean isLeading() {
		return this.leading;
	}

	/** Whether it is the one that initializes what all workers share. */
	boolean initializes() {
		return this.initializes;
	}

	boolean isSilent() {
		return this.silent;
	}

	Priority priority() {
		return this.priority;
	}

	private boolean isAlive() {
		return this.pool.isAlive(id());
	}

	private Faults faults() {
		return this.pool.script().faults();
	}

	private void report(Message.FromWorker message) {
		this.pool.deliver(new Event.Received(id(), message));
	}

	/** Begin to boot, after the process was started. */
	void boot() {
		this.stuck = this.pool.strikes(faults().ignoredStops());
		this.pool.deliver(new Event.Spawned(id(), 10_000 + (int) id()));
		PoolSettings settings = this.pool.script().settings();
		this.pool.after(Duration.ofMillis(500), () -> {
			if (isAlive()) {
				report(new Message.Hello(Message.PROTOCOL_VERSION, settings.toMap()));
			}
		});
		if (this.pool.strikes(faults().terminations())) {
			this.pool.after(this.pool.between(0, 200_000), this::terminate);
		}
		if (this.pool.strikes(faults().bootFailures())) {
			this.pool.after(this.pool.between(300, 4000), () -> this.pool.end(id(), 1, 0));
		}
		else if (!this.pool.strikes(faults().bootHangs())) {
			boolean slow = this.pool.script().slowBoots();
			this.pool.after(slow ? this.pool.between(20_000, 115_000) : this.pool.between(1000, 5000),
					this::initialize);
		}
	}

	/**
	 * Initialize what all workers share, if it has to, for as long as the script says.
	 */
	private void initialize() {
		Duration migration = this.pool.script().migration();
		if (!isAlive() || !this.initializes || migration.isZero()) {
			ready();
			return;
		}
		this.initializing = true;
		report(new Message.Booting("a migration", List.of("app.Migration.run:7")));
		this.pool.after(migration, () -> {
			this.initializing = false;
			if (isAlive()) {
				report(new Message.Booting("", List.of()));
				ready();
			}
		});
	}

	private void ready() {
		if (!isAlive() || this.phase != Phase.BOOTING) {
			return;
		}
		if (this.pool.script().onlyOneBoots() && this.pool.workers().stream().anyMatch((other) -> other.served)) {
			report(new Message.BootLog(List.of("Caused by: java.net.BindException: Address already in use")));
			this.pool.end(id(), 1, 0);
			return;
		}
		this.served = true;
		if (this.checked) {
			report(new Message.Health(true, ""));
		}
		this.phase = Phase.READY;
		if (this.pool.script().mainReturns()) {
			report(new Message.MainMethod(""));
		}
		report(new Message.Ready());
		heartbeat(1);
		if (this.checked) {
			this.observedUntil = this.pool.now().plus(this.observed);
			this.pool.after(Duration.ofMillis(500), this::health);
		}
		if (this.pool.isSick(generation())) {
			this.pool.after(this.pool.between(0, 4000), () -> report(new Message.Health(false, "db is DOWN")));
		}
		planFaults();
	}

	private void planFaults() {
		if (this.pool.strikes(faults().retirements())) {
			this.pool.after(this.pool.between(1000, 300_000), () -> {
				if (isAlive()) {
					this.pool.retire(id());
				}
			});
		}
		if (this.pool.strikes(faults().heapDumps())) {
			this.pool.after(this.pool.between(0, 200_000), () -> dumpHeap(this.pool.between(1000, 200_000)));
		}
		if (this.pool.strikes(faults().crashes())) {
			this.pool.after(this.pool.between(0, 200_000),
					() -> this.pool.end(id(), this.pool.strikes(0.5) ? 3 : -1, 9));
		}
		if (this.pool.strikes(faults().hangs())) {
			this.pool.after(this.pool.between(0, 200_000), this::fallSilent);
		}
		if (this.pool.strikes(faults().attacks())) {
			this.pool.after(this.pool.between(0, 200_000), this::attack);
		}
		if (this.pool.strikes(faults().lostConnections())) {
			this.pool.after(this.pool.between(0, 200_000), () -> {
				if (isAlive()) {
					this.pool.loseChannel(id());
				}
			});
		}
	}

	/** Let it write a heap dump, which stops its threads. */
	void dumpHeap(Duration time) {
		if (isAlive() && !this.silent) {
			this.silent = true;
			this.dumpingUntil = this.pool.now().plus(time);
			this.pool.after(time, () -> this.silent = false);
		}
	}

	/** Whether it writes a heap dump. */
	boolean isDumping() {
		return this.pool.now().isBefore(this.dumpingUntil);
	}

	/** Let it get TERM from another process than its master. */
	void terminate() {
		if (isAlive() && this.phase != Phase.LEAVING && !this.silent) {
			this.terminated = true;
			report(new Message.Terminated(2));
		}
	}

	/** Whether it has got TERM from another process than its master. */
	boolean isTerminated() {
		return this.terminated;
	}

	/** Let the application call {@code System.exit}, which takes some time. */
	void endItself(int code) {
		report(new Message.Exiting(1, true));
		this.phase = Phase.LEAVING;
		this.pool.after(this.pool.between(10, 29_000), () -> this.pool.end(id(), code, 0));
	}

	/** Do what an attacker in the application could, until the master has enough. */
	private void attack() {
		if (!isAlive() || this.phase != Phase.READY) {
			return;
		}
		report(new Message.Hello(99, Map.of("unicorn.workers", "-1")));
		report(new Message.RolloutRequest(1, "attacker\nERROR"));
		report(new Message.Started());
		report(new Message.Ready());
		report(new Message.Drained(Integer.MAX_VALUE));
		report(new Message.Health(false, "x".repeat(60_000)));
		report(new Message.BootLog(Collections.nCopies(4096, "x")));
		report(new Message.Retire("word " + id(), "y".repeat(60_000)));
		report(new Message.PoolQuery(Long.MIN_VALUE));
		if (this.leader || !this.leading) {
			// Nothing shows the lie of one that was told to resign.
			report(new Message.Resigned(Map.of("last", "an attacker")));
		}
		this.silent = true;
		this.pool.deliver(new Event.Misbehaved(id(), "it has sent more than its share"));
		this.pool.deliver(new Event.RepliesDropped(id(), 7));
	}

	void fallSilent() {
		this.silent = true;
	}

	private void health() {
		if (isAlive() && this.phase == Phase.READY && !this.pool.script().checksHang()) {
			report(new Message.Health(true, ""));
			if (this.pool.now().isBefore(this.observedUntil)) {
				this.pool.after(Duration.ofMillis(500), this::health);
			}
		}
	}

	private void heartbeat(int beats) {
		if (isAlive()) {
			this.pool.invariants().heartbeat(this, beats);
			if (!this.silent) {
				long errors = this.pool.answersBadly(generation()) ? 10L * beats : 0;
				report(new Message.Heartbeat(10L * beats, 1, 5, 3, 1 << 20, errors));
			}
			this.pool.after(Duration.ofSeconds(1), () -> heartbeat(beats + 1));
		}
	}

	void receive(Message.FromMaster message) {
		if (message instanceof Message.Welcome welcome) {
			this.checked = welcome.awaitsReadiness();
			this.observed = Duration.ofMillis(welcome.observedMillis());
			this.initializes = welcome.initialization() == Initialization.START
					|| welcome.initialization() == Initialization.ROLL_OUT;
		}
		else if (message instanceof Message.Leader appointment) {
			this.leader = appointment.leader();
			if (this.leader) {
				this.leading = true;
			}
			else if (id() % 5 != 0) {
				// The others are of a version that does not know the answer.
				this.pool.after(this.pool.between(0, 20_000), this::resign);
			}
		}
		else if (message instanceof Message.Drain) {
			this.phase = Phase.LEAVING;
			leaveIfAble(this.pool.between(10, 20_000), 0);
		}
		else if (message instanceof Message.StopAccepting) {
			this.phase = Phase.LEAVING;
		}
		else if (message instanceof Message.Stop) {
			this.phase = Phase.LEAVING;
			leaveIfAble(this.pool.between(10, 2000), 0);
		}
	}

	private void resign() {
		if (isAlive() && !this.silent) {
			this.leading = false;
			Map<String, String> handOver = Map.of("last", "worker " + id());
			this.pool.invariants().resigned(handOver);
			report(new Message.Resigned(handOver));
		}
	}

	void signal(ProcessSignal signal) {
		if (signal == ProcessSignal.KILL) {
			this.phase = Phase.LEAVING;
			this.pool.after(Duration.ofMillis(1), () -> this.pool.end(id(), -1, 9));
		}
		else if (signal == ProcessSignal.TERM) {
			this.phase = Phase.LEAVING;
			leaveIfAble(this.pool.between(10, 2000), 143);
		}
	}

	void prioritize(Priority priority) {
		this.priority = priority;
	}

	private void leaveIfAble(Duration delay, int code) {
		if (this.initializing) {
			// The application is closed when its context is complete.
			this.pool.after(Duration.ofSeconds(1), () -> leaveIfAble(delay, code));
		}
		else if (!this.silent && !this.stuck) {
			this.pool.after(delay, () -> this.pool.end(id(), code, 0));
		}
	}

}
