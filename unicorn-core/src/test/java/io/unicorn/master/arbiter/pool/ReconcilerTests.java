package io.unicorn.master.arbiter.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;

import io.unicorn.ipc.Initialization;
import io.unicorn.ipc.Message;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.launch.settings.WorkerClass;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ReconcilerTests {

	private static final Instant NOW = Workers.SPAWNED.plusSeconds(60);

	private static final int CANARY = 7;

	private final Pool pool = new Pool();

	private Reconciler reconciler = new Reconciler(this.pool, 8);

	private final Backoff backoff = new Backoff(new Random(1));

	private RolloutSettings limits = RolloutSettings.DEFAULT;

	private long lastId;

	/**
	 * Fill the pool: b is a worker that boots, r one that is ready, R one that asked to
	 * be replaced, o and O those of the old generation that are ready and boot, d one
	 * that drains, x one that is about to be killed, c and C the canary that is ready and
	 * that boots, ? a canary that has not started.
	 */
	private void pool(String workers) {
		boolean everReady = workers.matches(".*[^bOd].*");
		if (workers.matches(".*[oO].*")) {
			this.reconciler.accept(2);
		}
		int current = workers.matches(".*[oO].*") ? 2 : 1;
		for (int i = 0; i < workers.length(); i++) {
			char kind = workers.charAt(i);
			if (kind == '?' || kind == 'c' || kind == 'C') {
				this.reconciler.startCanary(CANARY);
			}
			if (kind == '?') {
				continue;
			}
			long id = ++this.lastId;
			Worker worker = switch (kind) {
				case 'b' -> Workers.worker(id, current);
				case 'r' -> Workers.ready(id, current);
				case 'R' -> Workers.retiring(id);
				case 'o' -> Workers.ready(id, 1);
				case 'O' -> Workers.worker(id, 1);
				case 'c' -> Workers.ready(id, CANARY);
				case 'C' -> Workers.worker(id, CANARY);
				case 'd' -> Workers.leaving(id, WorkerState.DRAINING, ExitReason.RELOAD);
				case 'x' -> Workers.leaving(id, WorkerState.EXITING, ExitReason.HUNG);
				default -> throw new IllegalArgumentException("kind " + kind);
			};
			this.pool.add(worker);
		}
		if (everReady) {
			this.reconciler.workerReady(Workers.ready(999));
		}
	}

	private String step(int target, Instant now) {
		Reconciler.Step step = this.reconciler.next(target, this.limits, now);
		if (step instanceof Reconciler.Start start && start.generation() == CANARY) {
			return "canary";
		}
		if (step instanceof Reconciler.Start start) {
			return (start.replacement() ? "replace" : "start")
					+ ((start.crashes() > 0) ? " after " + start.crashes() : "");
		}
		if (step instanceof Reconciler.Drain drain) {
			return "drain " + drain.worker().id() + (drain.superseded() ? " superseded" : "");
		}
		return (step instanceof Reconciler.Abort abort) ? "abort " + abort.worker().id() : "nothing";
	}

	@ParameterizedTest(name = "{0} of {1} wanted: {2}")
	@CsvSource({ "'', 3, start", "b, 3, nothing", "r, 3, start", "rb, 3, start", "rrb, 3, nothing", "rrr, 3, nothing",
			"rrrr, 3, drain 1", "rrrb, 3, abort 4", "rrbb, 3, abort 4", "rrr, 1, drain 1", "r, 0, drain 1",
			"b, 0, abort 1", "'', 0, nothing", "Rrr, 3, replace", "rRR, 3, replace", "Rrrb, 3, nothing",
			"Rrrr, 3, drain 1 superseded", "rrRr, 3, drain 3 superseded", "ooo, 3, replace", "ooob, 3, nothing",
			"ooor, 3, drain 1 superseded", "oor, 3, replace", "orr, 3, replace", "orrr, 3, drain 1 superseded",
			"rd, 1, nothing", "Rd, 1, nothing", "Rx, 1, nothing", "rrx, 3, start", "oo, 3, start", "oob, 3, replace",
			"oobb, 3, nothing", "oOr, 3, replace", "oorb, 3, nothing", "dr, 1, nothing", "RR, 1, drain 1 superseded",
			"Rb, 1, nothing", "Rrb, 1, drain 1 superseded", "ob, 1, nothing", "obb, 1, abort 3" })
	void theNextStepBringsThePoolToItsSize(String workers, int target, String step) {
		pool(workers);
		assertThat(step(target, NOW)).isEqualTo(step);
	}

	@ParameterizedTest(name = "{0} of {1} wanted, max-surge {2}, max-unavailable {3}: {4}")
	@CsvSource({ "rrr?, 3, 1, 0, canary", "rrrd?, 3, 1, 0, nothing", "rrrd?, 3, 2, 0, canary", "rr?, 3, 1, 0, start",
			"Rrr?, 3, 1, 0, canary", "rrrC, 3, 1, 0, nothing", "rrrc, 3, 1, 0, nothing", "rrc, 3, 1, 0, start",
			"rrbc, 3, 1, 0, nothing", "Rrrc, 3, 1, 0, nothing", "Rrrc, 3, 2, 0, replace", "rrrrc, 3, 1, 0, drain 1",
			"rrrbC, 3, 1, 0, abort 4", "c, 0, 1, 0, nothing", "?, 0, 1, 0, canary", "?, 0, 0, 1, canary",
			"d?, 0, 0, 1, nothing", "rrr?, 3, 0, 1, drain 1", "Rrr?, 3, 0, 1, drain 1 superseded",
			"oo?, 3, 0, 1, canary", "rr?, 3, 0, 1, canary", "rrd?, 3, 0, 1, nothing", "rrc, 3, 0, 1, nothing",
			"rc, 3, 0, 1, start", "ooo, 3, 0, 1, drain 1 superseded", "ood, 3, 0, 1, nothing", "oo, 3, 0, 1, start",
			"oob, 3, 0, 1, nothing", "oor, 3, 0, 1, drain 1 superseded", "rrr, 3, 0, 1, nothing",
			"ooo, 3, 0, 2, drain 1 superseded", "ood, 3, 0, 2, drain 1 superseded", "odd, 3, 0, 2, nothing",
			"od, 3, 0, 2, start", "obb, 3, 0, 2, nothing", "ooob, 3, 1, 1, nothing",
			"ooor, 3, 1, 1, drain 1 superseded", "ooo, 3, 1, 1, drain 1 superseded", "ood, 3, 1, 1, start",
			"oodb, 3, 1, 1, nothing", "ooo, 3, 2, 0, replace", "ooob, 3, 2, 0, replace", "ooobb, 3, 2, 0, nothing",
			"ooord, 3, 2, 0, drain 1 superseded", "oord, 3, 2, 0, replace" })
	void theNextStepKeepsToTheLimits(String workers, int target, int maxSurge, int maxUnavailable, String step) {
		this.limits = new RolloutSettings(maxSurge, maxUnavailable, Duration.ZERO);
		pool(workers);
		assertThat(step(target, NOW)).isEqualTo(step);
	}

	@ParameterizedTest(name = "{0} of {1} wanted on two processors: {2}")
	@CsvSource({ "rb, 9, start", "rbb, 9, nothing", "rrb, 9, start", "ROOb, 9, start", "oobb, 4, nothing",
			"RRRRb, 4, replace", "RRRRbb, 4, nothing", "rrrrb?, 4, abort 5", "rbb?, 4, canary", "rbbC, 4, nothing",
			"rrrrbb, 4, abort 6" })
	void atMostOneWorkerPerProcessorBootsAtATime(String workers, int target, String step) {
		this.reconciler = new Reconciler(this.pool, 2);
		this.limits = new RolloutSettings(9, 0, Duration.ZERO);
		pool(workers);
		assertThat(step(target, NOW)).isEqualTo(step);
	}

	@Test
	void anAcceptedCanaryCountsForTheTargetAndADroppedOneIsOutdated() {
		pool("rrrc");
		assertThat(this.reconciler.hasCanary()).isTrue();
		this.reconciler.accept(CANARY);
		assertThat(this.reconciler.hasCanary()).isFalse();
		assertThat(step(3, NOW)).isEqualTo("drain 1 superseded");
		this.reconciler.accept(1);
		assertThat(step(3, NOW)).isEqualTo("drain 4 superseded");
		this.reconciler.startCanary(CANARY);
		assertThat(step(3, NOW)).isEqualTo("nothing");
		this.reconciler.dropCanary();
		assertThat(step(3, NOW)).isEqualTo("drain 4 superseded");
	}

	@Test
	void theFirstWorkerIsAloneUntilItIsReady() {
		assertThat(step(3, NOW)).isEqualTo("start");
		Worker first = Workers.booting(1);
		this.pool.add(first);
		assertThat(this.reconciler.hasEverBeenReady()).isFalse();
		assertThat(step(3, NOW)).isEqualTo("nothing");
		first.ready(NOW);
		this.reconciler.workerReady(first);
		assertThat(this.reconciler.hasEverBeenReady()).isTrue();
		assertThat(step(3, NOW)).isEqualTo("start");
	}

	@Test
	void aPendingRespawnWaitsForItsTimeAndKeepsItsCrashes() {
		pool("rr");
		this.reconciler.scheduleRespawn(new PendingRespawn(4, NOW.plusSeconds(5)));
		assertThat(step(3, NOW)).isEqualTo("nothing");
		assertThat(this.reconciler.deadlines()).containsExactly(NOW.plusSeconds(5));
		assertThat(step(3, NOW.plusSeconds(5).minusMillis(1))).isEqualTo("nothing");
		assertThat(step(3, NOW.plusSeconds(5))).isEqualTo("start after 4");
	}

	@Test
	void theEarliestPendingRespawnComesFirst() {
		pool("r");
		this.reconciler.scheduleRespawn(new PendingRespawn(4, NOW.plusSeconds(5)));
		this.reconciler.scheduleRespawn(new PendingRespawn(1, NOW));
		assertThat(step(3, NOW)).isEqualTo("start after 1");
	}

	@Test
	void aNewWorkerDoesNotWaitForAPendingRespawn() {
		pool("rr");
		this.reconciler.scheduleRespawn(new PendingRespawn(4, NOW.plusSeconds(5)));
		assertThat(step(4, NOW)).isEqualTo("start");
	}

	@Test
	void aPendingRespawnThatIsNotWantedIsForgotten() {
		pool("rr");
		this.reconciler.scheduleRespawn(new PendingRespawn(4, NOW.plusSeconds(5)));
		assertThat(step(2, NOW)).isEqualTo("nothing");
		assertThat(this.reconciler.deadlines()).isEmpty();
		assertThat(step(3, NOW)).isEqualTo("start");
	}

	@Test
	void aPendingRespawnIsNoReasonToReplaceAnotherWorker() {
		pool("rR");
		this.reconciler.scheduleRespawn(new PendingRespawn(2, NOW.plusSeconds(5)));
		assertThat(step(3, NOW)).isEqualTo("nothing");
	}

	@Test
	void aReplacementThatFailedIsTriedAgainLater() {
		pool("Rr");
		Duration delay = this.reconciler.replacementFailed(this.backoff, Backoff.CAP, NOW);
		assertThat(delay).isBetween(Duration.ofMillis(250), Duration.ofMillis(500));
		assertThat(step(2, NOW)).isEqualTo("nothing");
		assertThat(this.reconciler.deadlines()).containsExactly(NOW.plus(delay));
		assertThat(step(2, NOW.plus(delay))).isEqualTo("replace");
		assertThat(this.reconciler.replacementFailed(this.backoff, Backoff.CAP, NOW)).isBetween(Duration.ofMillis(500),
				Duration.ofMillis(1000));
	}

	@Test
	void aReplacementThatSucceedsEndsTheBackOff() {
		pool("Rr");
		this.reconciler.replacementFailed(this.backoff, Backoff.CAP, NOW);
		this.reconciler.replacementFailed(this.backoff, Backoff.CAP, NOW);
		Worker replacement = new Worker(77, 5, 1, Workers.settings(WorkerClass.GTHREAD, Duration.ZERO), true, false, 0,
				NOW, Initialization.NOTHING);
		this.reconciler.workerReady(replacement);
		assertThat(step(2, NOW)).isEqualTo("replace");
		assertThat(this.reconciler.replacementFailed(this.backoff, Backoff.CAP, NOW))
			.isLessThanOrEqualTo(Duration.ofMillis(500));
	}

	@Test
	void anOrdinaryWorkerThatSucceedsDoesNotEndTheBackOff() {
		pool("Rr");
		this.reconciler.replacementFailed(this.backoff, Backoff.CAP, NOW);
		this.reconciler.workerReady(Workers.ready(77));
		assertThat(step(2, NOW)).isEqualTo("nothing");
	}

	/** The canary's code boots, but that says nothing about the code in force. */
	@Test
	void aCanaryThatSucceedsDoesNotEndTheBackOffOfTheCodeInForce() {
		pool("Rr?");
		this.reconciler.replacementFailed(this.backoff, Backoff.CAP, NOW);
		Worker canary = new Worker(77, 5, CANARY, Workers.settings(WorkerClass.GTHREAD, Duration.ZERO), true, false, 0,
				NOW, Initialization.NOTHING);
		this.reconciler.workerReady(canary);
		this.reconciler.dropCanary();
		assertThat(step(2, NOW)).isEqualTo("nothing");
	}

	@Test
	void aNewGenerationHasNoBackOff() {
		pool("RrR");
		this.reconciler.scheduleRespawn(new PendingRespawn(9, NOW.plusSeconds(30)));
		this.reconciler.replacementFailed(this.backoff, Backoff.CAP, NOW);
		this.reconciler.accept(2);
		assertThat(step(4, NOW)).isEqualTo("start");
		assertThat(step(3, NOW)).isEqualTo("replace");
		assertThat(this.reconciler.replacementFailed(this.backoff, Backoff.CAP, NOW))
			.isLessThanOrEqualTo(Duration.ofMillis(500));
	}

	@Test
	void aGenerationIsOutdatedWhenALaterOneIsAccepted() {
		Worker old = Workers.ready(1, 1);
		this.pool.add(old);
		assertThat(this.reconciler.isOutdated(old)).isFalse();
		assertThat(this.reconciler.hasOutdated()).isFalse();
		this.reconciler.accept(2);
		assertThat(this.reconciler.isOutdated(old)).isTrue();
		assertThat(this.reconciler.hasOutdated()).isTrue();
		old.leave(WorkerState.DRAINING, ExitReason.RELOAD, Instant.MAX);
		assertThat(this.reconciler.hasOutdated()).isFalse();
	}

	@Test
	void aWorkerThatAskedToBeReplacedIsOutdatedButNoReloadWaitsForIt() {
		Worker retiring = Workers.ready(1, 1);
		this.pool.add(retiring);
		retiring.retire(new Message.Retire("max-requests", "x"));
		assertThat(this.reconciler.isOutdated(retiring)).isTrue();
		assertThat(this.reconciler.hasOutdated()).isFalse();
	}

}
