package io.unicorn.master.arbiter;

import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import io.unicorn.ipc.Initialization;
import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.launch.settings.Hook;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.master.arbiter.SimulatedWorker.Phase;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Priority;
import io.unicorn.master.arbiter.pool.ProcessSignal;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an arbiter must never do, checked for each effect, before the
 * {@link SimulatedPool} performs it.
 */
final class Invariants {

	private final SimulatedPool pool;

	/** Ids of workers that have exited. */
	private final Set<Long> exited = new HashSet<>();

	/** Generations that were forgotten: no worker of them may be started any more. */
	private final Set<Integer> forgotten = new HashSet<>();

	/** Generations that have been in force: the workers of others are canaries. */
	private final Set<Integer> accepted = new HashSet<>();

	/** Addresses on which new connections are blocked. */
	private final Set<String> blocked = new HashSet<>();

	/** Generations of which a worker was told to initialize what all workers share. */
	private final Set<Integer> initialized = new HashSet<>();

	/** Hooks that ran and may not run again. */
	private final Set<String> hooks = new HashSet<>();

	private boolean spawned;

	private int target;

	/** The lower one of the targets before and after the latest event. */
	private int lowestTarget;

	/** The most workers that the limits before and after the latest event allow. */
	private int mostWorkers;

	private int allowedWorkers;

	/** Whether there was a leader. */
	private boolean appointed;

	/** What the last leader has left for the next one. */
	private Map<String, String> handOver = Map.of();

	private boolean listening = true;

	private boolean stopping;

	private boolean strict;

	Invariants(SimulatedPool pool) {
		this.pool = pool;
	}

	/** Check the number of processes exactly; of use only without faults. */
	void strict() {
		this.strict = true;
	}

	/** Note that the pool was told to stop. */
	void stopping() {
		this.stopping = true;
	}

	/** Note that a worker's process has ended. */
	void exited(long id) {
		this.exited.add(id);
	}

	/** Note the state of the pool after an event, before its effects are performed. */
	void decided(PoolSnapshot snapshot) {
		this.accepted.add(snapshot.master().generation());
		this.lowestTarget = Math.min(this.target, snapshot.target());
		this.target = snapshot.target();
		// One event may fill the pool first and accept code that wants fewer workers
		// then: a clock that has leapt brings all deadlines at once.
		int allowed = snapshot.target() + Math.max(1, limits().maxSurge());
		this.mostWorkers = Math.max(this.allowedWorkers, allowed);
		this.allowedWorkers = allowed;
	}

	void time(Instant at) {
		assertThat(at).as("time goes on").isAfterOrEqualTo(this.pool.now());
	}

	void prepared() {
		assertThat(this.pool.training().isUnderWay()).as("nothing is trained during a roll-out").isFalse();
	}

	void handedOver() {
		assertThat(this.pool.training().isUnderWay()).as("nothing is trained while the master is replaced").isFalse();
	}

	void heartbeat(SimulatedWorker worker, int beats) {
		assertThat(beats > 10 && worker.priority() == Priority.BACKGROUND).as("serves in the background").isFalse();
	}

	void check(Effect effect) {
		if (effect instanceof Effect.RunHook run) {
			check(run);
		}
		if (effect instanceof Effect.Spawn) {
			this.spawned = true;
		}
		assertThat(this.pool.exitCode()).as("nothing follows the exit, log: %s", this.pool.log()).isNull();
		if (effect instanceof Effect.Spawn spawn) {
			spawn(spawn);
		}
		else if (effect instanceof Effect.Send send && this.pool.isAlive(send.id())) {
			send(this.pool.worker(send.id()), send.message());
		}
		else if (effect instanceof Effect.Kill kill) {
			assertThat(this.exited).as("a signal for a process that has exited").doesNotContain(kill.id());
		}
		else if (effect instanceof Effect.DumpThreads dump && this.pool.isAlive(dump.id())) {
			assertThat(this.pool.worker(dump.id()).isDumping())
				.as("a worker that writes a heap dump is not hung, log: %s", this.pool.log())
				.isFalse();
		}
		else if (effect instanceof Effect.SetPriority set && this.pool.isAlive(set.id())) {
			setPriority(this.pool.worker(set.id()), set.priority());
		}
		else if (effect instanceof Effect.ForgetGeneration forget) {
			forget(forget.generation());
		}
		else if (effect instanceof Effect.RestoreCode restore) {
			assertThat(this.forgotten).as("the code of a forgotten generation is not made again")
				.doesNotContain(restore.generation());
		}
		else if (effect instanceof Effect.TrainCache train) {
			train(train.generation());
		}
		else if (effect instanceof Effect.CancelTraining) {
			assertThat(this.pool.training().isUnderWay()).as("a training that is cancelled is under way").isTrue();
		}
		else if (effect instanceof Effect.BlockNewConnections block) {
			this.blocked.addAll(block.addresses());
		}
		else if (effect instanceof Effect.AdmitNewConnections admit) {
			this.blocked.removeAll(admit.addresses());
		}
		else if (effect instanceof Effect.CountBacklog count) {
			assertThat(this.blocked).as("addresses are blocked before they are counted").containsAll(count.addresses());
		}
		else if (effect instanceof Effect.CloseListeners) {
			assertThat(this.listening).as("listeners are closed once").isTrue();
			this.listening = false;
		}
		else if (effect instanceof Effect.Exit || effect instanceof Effect.RunWithoutPool) {
			assertThat(this.pool.alive()).as("no worker is left behind").isZero();
			assertThat(this.listening).as("listeners are closed at the end").isFalse();
			assertThat(this.pool.training().isUnderWay()).as("no training is left behind").isFalse();
		}
	}

	private void check(Effect.RunHook run) {
		String worker = run.facts().get("UNICORN_WORKER_ID");
		assertThat(this.hooks).as("hooks before %s", run).doesNotContain("ON_EXIT");
		if (worker != null || run.hook() == Hook.ON_STARTING || run.hook() == Hook.WHEN_READY
				|| run.hook() == Hook.ON_EXIT) {
			assertThat(this.hooks.add(run.hook() + ((worker != null) ? " " + worker : "")))
				.as("%s is the first one", run)
				.isTrue();
		}
		switch (run.hook()) {
			case ON_STARTING -> assertThat(this.spawned).as("a worker was spawned before %s", run).isFalse();
			case WORKER_STARTED ->
				assertThat(this.pool.isAlive(Long.parseLong(worker))).as("%s is alive", run).isTrue();
			case ON_EXIT -> assertThat(this.pool.alive()).as("processes at %s", run).isZero();
			default -> {
				// Nothing to compare with.
			}
		}
	}

	private RolloutSettings limits() {
		return this.pool.spec(this.pool.snapshot().master().generation()).settings().rollout();
	}

	private void spawn(Effect.Spawn spawn) {
		assertThat(this.forgotten).as("no worker of a forgotten generation is started")
			.doesNotContain(spawn.generation());
		assertThat(this.stopping).as("no worker is started during a stop").isFalse();
		assertThat(this.pool.workers()).as("a slot belongs to one worker")
			.noneMatch((worker) -> worker.index() == spawn.index());
		assertThat(this.pool.workers()).as("exclusive flags belong to one worker")
			.noneMatch((worker) -> worker.isExclusive() && spawn.exclusive());
		PoolSnapshot snapshot = this.pool.snapshot();
		long active = this.pool.workers().stream().filter((worker) -> !worker.is(Phase.LEAVING)).count();
		assertThat(active + 1).as("workers at %s, log: %s", this.pool.now(), this.pool.log())
			.isLessThanOrEqualTo(this.mostWorkers);
		if (this.strict) {
			assertThat(this.pool.alive() + 1).as("processes at %s, log: %s", this.pool.now(), this.pool.log())
				.isLessThanOrEqualTo(Math.max(1, snapshot.target() + limits().maxSurge()));
		}
		assertThat(this.pool.workers()
			.stream()
			.filter((worker) -> worker.is(Phase.BOOTING) && worker.generation() == spawn.generation()))
			.as("workers of a generation that boot at a time, log: %s", this.pool.log())
			.hasSizeLessThan(this.pool.processors());
		assertThat(snapshot.rollouts()).as("no worker of a failed generation is started: %s", this.pool.log())
			.noneMatch((rollout) -> rollout.to() == spawn.generation() && rollout.state().startsWith("roll")
					&& rollout.state().contains("back"));
		assertThat(this.blocked).as("addresses in force admit connections, log: %s", this.pool.log())
			.doesNotContainAnyElementsOf(this.pool.spec(spawn.generation()).addresses());
	}

	private void send(SimulatedWorker worker, Message.FromMaster message) {
		if (message instanceof Message.Welcome welcome) {
			welcome(worker, welcome.initialization());
			return;
		}
		if (message instanceof Message.Leader leader) {
			leader(worker, leader);
			assertThat(worker.is(Phase.READY)).as("a leader is ready").isTrue();
		}
		else if (message instanceof Message.Drain && worker.is(Phase.READY) && !worker.isSilent()
				&& !worker.isTerminated() && !this.stopping && this.accepted.contains(worker.generation())) {
			// A worker that has just fallen silent is ready as far as the arbiter can
			// know.
			long others = this.pool.workers().stream().filter((one) -> one != worker && one.is(Phase.READY)).count();
			assertThat(others).as("ready workers after a drain at %s, log: %s", this.pool.now(), this.pool.log())
				.isGreaterThanOrEqualTo(this.lowestTarget - limits().maxUnavailable());
		}
	}

	/**
	 * At most one worker does what only the leader does, and what it has left when it
	 * resigned reaches the next one, once.
	 */
	private void leader(SimulatedWorker worker, Message.Leader message) {
		if (message.leader()) {
			assertThat(this.pool.workers()).as("leaders at %s, log: %s", this.pool.now(), this.pool.log())
				.noneMatch(SimulatedWorker::isLeading);
			assertThat(message.first()).as("one leader is the first").isEqualTo(!this.appointed);
			assertThat(message.handOver()).as("what the leader before has left").isEqualTo(this.handOver);
			this.appointed = true;
			this.handOver = Map.of();
		}
		else {
			assertThat(worker.isLeader()).as("a worker that is to resign is the leader").isTrue();
		}
	}

	void resigned(Map<String, String> handOver) {
		this.handOver = handOver;
	}

	/**
	 * The first worker of a generation initializes, alone, and no other one does, but the
	 * successor of the very first one if that has not become ready.
	 */
	private void welcome(SimulatedWorker worker, Initialization initialization) {
		boolean starting = this.pool.snapshot().master().state().equals("starting");
		boolean first = this.initialized.add(worker.generation()) || starting;
		assertThat(initialization)
			.as("of worker %s of generation %s, log: %s", worker.id(), worker.generation(), this.pool.log())
			.isEqualTo(!first ? Initialization.NOTHING
					: (worker.generation() == 1) ? Initialization.START : Initialization.ROLL_OUT);
		if (first) {
			assertThat(this.pool.workers()).as("workers that initialize, log: %s", this.pool.log())
				.noneMatch((other) -> other != worker && other.initializes() && other.is(Phase.BOOTING));
		}
	}

	private void setPriority(SimulatedWorker worker, Priority priority) {
		if (priority == Priority.BACKGROUND) {
			assertThat(worker.is(Phase.BOOTING)).as("only workers that boot are in the background").isTrue();
			PoolSnapshot snapshot = this.pool.snapshot();
			assertThat(snapshot.ready())
				.as("the pool is complete without workers in the background, log: %s", this.pool.log())
				.isGreaterThanOrEqualTo(snapshot.target());
		}
	}

	private void forget(int generation) {
		assertThat(this.pool.known()).as("a generation is forgotten once").contains(generation);
		assertThat(this.pool.workers()).as("no worker belongs to a forgotten generation")
			.noneMatch((worker) -> worker.generation() == generation);
		this.forgotten.add(generation);
	}

	private void train(int generation) {
		assertThat(this.pool.training().isBegun()).as("one training at a time, log: %s", this.pool.log()).isFalse();
		assertThat(this.stopping).as("nothing is trained during a stop").isFalse();
		assertThat(this.pool.spec(generation).cacheKey()).as("the generation has a cache").isNotEmpty();
		PoolSnapshot snapshot = this.pool.snapshot();
		assertThat(snapshot.master().state()).as("the pool is calm, log: %s", this.pool.log()).isEqualTo("running");
		assertThat(snapshot.ready()).as("the pool is complete, log: %s", this.pool.log())
			.isGreaterThanOrEqualTo(Math.max(1, snapshot.target()));
	}

}
