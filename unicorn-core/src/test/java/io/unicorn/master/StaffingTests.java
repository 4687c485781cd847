package io.unicorn.master;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;

import io.unicorn.ipc.Message;
import io.unicorn.launch.RolloutSettings;
import io.unicorn.launch.WorkerClass;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class StaffingTests {

	private static final Instant NOW = Workers.SPAWNED.plusSeconds(60);

	private static final int CANDIDATE = 7;

	private final Pool pool = new Pool();

	private final Staffing staffing = new Staffing(this.pool);

	private final Backoff backoff = new Backoff(new Random(1));

	private RolloutSettings limits = RolloutSettings.DEFAULT;

	private long lastId;

	/**
	 * Fill the pool: b is a worker that boots, r one that is ready, R one that asked to
	 * be replaced, o and O those of the old generation that are ready and boot, d one
	 * that drains, x one that is about to be killed, c and C the candidate that is ready
	 * and that boots, ? a candidate that is not there yet.
	 */
	private void pool(String workers) {
		boolean everReady = workers.matches(".*[^bOd].*");
		if (workers.matches(".*[oO].*")) {
			this.staffing.accept(2);
		}
		int current = workers.matches(".*[oO].*") ? 2 : 1;
		for (int i = 0; i < workers.length(); i++) {
			char kind = workers.charAt(i);
			if (kind == '?' || kind == 'c' || kind == 'C') {
				this.staffing.tryOut(CANDIDATE);
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
				case 'c' -> Workers.ready(id, CANDIDATE);
				case 'C' -> Workers.worker(id, CANDIDATE);
				case 'd' -> Workers.leaving(id, WorkerState.DRAINING, Verdict.RELOAD);
				case 'x' -> Workers.leaving(id, WorkerState.EXITING, Verdict.HUNG);
				default -> throw new IllegalArgumentException("kind " + kind);
			};
			this.pool.add(worker);
		}
		if (everReady) {
			this.staffing.wasReady(Workers.ready(999));
		}
	}

	private String step(int target, Instant now) {
		Staffing.Step step = this.staffing.next(target, this.limits, now);
		if (step instanceof Staffing.Hire hire && hire.generation() == CANDIDATE) {
			return "try out";
		}
		if (step instanceof Staffing.Hire hire) {
			return (hire.replacement() ? "replace" : "hire") + ((hire.crashes() > 0) ? " after " + hire.crashes() : "");
		}
		if (step instanceof Staffing.Dismiss dismiss) {
			return "dismiss " + dismiss.worker().id + (dismiss.superseded() ? " superseded" : "");
		}
		return (step instanceof Staffing.CallOff callOff) ? "call off " + callOff.worker().id : "nothing";
	}

	@ParameterizedTest(name = "{0} of {1} wanted: {2}")
	@CsvSource({ "'', 3, hire", "b, 3, nothing", "r, 3, hire", "rb, 3, hire", "rrb, 3, nothing", "rrr, 3, nothing",
			"rrrr, 3, dismiss 1", "rrrb, 3, call off 4", "rrbb, 3, call off 4", "rrr, 1, dismiss 1", "r, 0, dismiss 1",
			"b, 0, call off 1", "'', 0, nothing", "Rrr, 3, replace", "rRR, 3, replace", "Rrrb, 3, nothing",
			"Rrrr, 3, dismiss 1 superseded", "rrRr, 3, dismiss 3 superseded", "ooo, 3, replace", "ooob, 3, nothing",
			"ooor, 3, dismiss 1 superseded", "oor, 3, replace", "orr, 3, replace", "orrr, 3, dismiss 1 superseded",
			"rd, 1, nothing", "Rd, 1, nothing", "Rx, 1, nothing", "rrx, 3, hire", "oo, 3, hire", "oob, 3, replace",
			"oobb, 3, nothing", "oOr, 3, replace", "oorb, 3, nothing", "dr, 1, nothing", "RR, 1, dismiss 1 superseded",
			"Rb, 1, nothing", "Rrb, 1, dismiss 1 superseded", "ob, 1, nothing", "obb, 1, call off 3" })
	void theNextStepBringsThePoolToItsSize(String workers, int target, String step) {
		pool(workers);
		assertThat(step(target, NOW)).isEqualTo(step);
	}

	@ParameterizedTest(name = "{0} of {1} wanted, max-surge {2}, max-unavailable {3}: {4}")
	@CsvSource({ "rrr?, 3, 1, 0, try out", "rrrd?, 3, 1, 0, nothing", "rrrd?, 3, 2, 0, try out", "rr?, 3, 1, 0, hire",
			"Rrr?, 3, 1, 0, try out", "rrrC, 3, 1, 0, nothing", "rrrc, 3, 1, 0, nothing", "rrc, 3, 1, 0, hire",
			"rrbc, 3, 1, 0, nothing", "Rrrc, 3, 1, 0, nothing", "Rrrc, 3, 2, 0, replace", "rrrrc, 3, 1, 0, dismiss 1",
			"rrrbC, 3, 1, 0, call off 4", "c, 0, 1, 0, nothing", "?, 0, 1, 0, try out", "?, 0, 0, 1, try out",
			"d?, 0, 0, 1, nothing", "rrr?, 3, 0, 1, dismiss 1", "Rrr?, 3, 0, 1, dismiss 1 superseded",
			"oo?, 3, 0, 1, try out", "rr?, 3, 0, 1, try out", "rrd?, 3, 0, 1, nothing", "rrc, 3, 0, 1, nothing",
			"rc, 3, 0, 1, hire", "ooo, 3, 0, 1, dismiss 1 superseded", "ood, 3, 0, 1, nothing", "oo, 3, 0, 1, hire",
			"oob, 3, 0, 1, nothing", "oor, 3, 0, 1, dismiss 1 superseded", "rrr, 3, 0, 1, nothing",
			"ooo, 3, 0, 2, dismiss 1 superseded", "ood, 3, 0, 2, dismiss 1 superseded", "odd, 3, 0, 2, nothing",
			"od, 3, 0, 2, hire", "obb, 3, 0, 2, nothing", "ooob, 3, 1, 1, nothing",
			"ooor, 3, 1, 1, dismiss 1 superseded", "ooo, 3, 1, 1, dismiss 1 superseded", "ood, 3, 1, 1, hire",
			"oodb, 3, 1, 1, nothing", "ooo, 3, 2, 0, replace", "ooob, 3, 2, 0, replace", "ooobb, 3, 2, 0, nothing",
			"ooord, 3, 2, 0, dismiss 1 superseded", "oord, 3, 2, 0, replace" })
	void theNextStepKeepsToTheLimits(String workers, int target, int maxSurge, int maxUnavailable, String step) {
		this.limits = new RolloutSettings(maxSurge, maxUnavailable, Duration.ZERO);
		pool(workers);
		assertThat(step(target, NOW)).isEqualTo(step);
	}

	@Test
	void aCandidateThatIsAcceptedIsOneOfTheWantedAndOneThatIsDroppedIsSurplus() {
		pool("rrrc");
		assertThat(this.staffing.isOnTrial()).isTrue();
		this.staffing.accept(CANDIDATE);
		assertThat(this.staffing.isOnTrial()).isFalse();
		assertThat(step(3, NOW)).isEqualTo("dismiss 1 superseded");
		this.staffing.accept(1);
		assertThat(step(3, NOW)).isEqualTo("dismiss 4 superseded");
		this.staffing.tryOut(CANDIDATE);
		assertThat(step(3, NOW)).isEqualTo("nothing");
		this.staffing.dropCandidate();
		assertThat(step(3, NOW)).isEqualTo("dismiss 4 superseded");
	}

	@Test
	void theFirstWorkerIsAloneUntilItIsReady() {
		assertThat(step(3, NOW)).isEqualTo("hire");
		Worker first = Workers.booting(1);
		this.pool.add(first);
		assertThat(this.staffing.hasEverBeenReady()).isFalse();
		assertThat(step(3, NOW)).isEqualTo("nothing");
		first.ready(NOW);
		this.staffing.wasReady(first);
		assertThat(this.staffing.hasEverBeenReady()).isTrue();
		assertThat(step(3, NOW)).isEqualTo("hire");
	}

	@Test
	void aVacancyWaitsForItsTimeAndRemembersItsCrashes() {
		pool("rr");
		this.staffing.vacate(new Vacancy(4, NOW.plusSeconds(5)));
		assertThat(step(3, NOW)).isEqualTo("nothing");
		assertThat(this.staffing.deadlines()).containsExactly(NOW.plusSeconds(5));
		assertThat(step(3, NOW.plusSeconds(5).minusMillis(1))).isEqualTo("nothing");
		assertThat(step(3, NOW.plusSeconds(5))).isEqualTo("hire after 4");
	}

	@Test
	void thePlaceThatMayBeFilledFirstIsFilledFirst() {
		pool("r");
		this.staffing.vacate(new Vacancy(4, NOW.plusSeconds(5)));
		this.staffing.vacate(new Vacancy(1, NOW));
		assertThat(step(3, NOW)).isEqualTo("hire after 1");
	}

	@Test
	void aNewPlaceDoesNotWaitForAVacantOne() {
		pool("rr");
		this.staffing.vacate(new Vacancy(4, NOW.plusSeconds(5)));
		assertThat(step(4, NOW)).isEqualTo("hire");
	}

	@Test
	void aPlaceThatIsNotWantedAnyMoreIsForgotten() {
		pool("rr");
		this.staffing.vacate(new Vacancy(4, NOW.plusSeconds(5)));
		assertThat(step(2, NOW)).isEqualTo("nothing");
		assertThat(this.staffing.deadlines()).isEmpty();
		assertThat(step(3, NOW)).isEqualTo("hire");
	}

	@Test
	void aVacantPlaceIsNoReasonToReplaceAnotherWorker() {
		pool("rR");
		this.staffing.vacate(new Vacancy(2, NOW.plusSeconds(5)));
		assertThat(step(3, NOW)).isEqualTo("nothing");
	}

	@Test
	void aReplacementThatFailedIsTriedAgainLater() {
		pool("Rr");
		Duration delay = this.staffing.replacementFailed(this.backoff, NOW);
		assertThat(delay).isBetween(Duration.ofMillis(250), Duration.ofMillis(500));
		assertThat(step(2, NOW)).isEqualTo("nothing");
		assertThat(this.staffing.deadlines()).containsExactly(NOW.plus(delay));
		assertThat(step(2, NOW.plus(delay))).isEqualTo("replace");
		assertThat(this.staffing.replacementFailed(this.backoff, NOW)).isBetween(Duration.ofMillis(500),
				Duration.ofMillis(1000));
	}

	@Test
	void aReplacementThatSucceedsEndsTheWaiting() {
		pool("Rr");
		this.staffing.replacementFailed(this.backoff, NOW);
		this.staffing.replacementFailed(this.backoff, NOW);
		Worker replacement = new Worker(77, 5, 1, Workers.settings(WorkerClass.GTHREAD, Duration.ZERO), true, false, 0,
				NOW);
		this.staffing.wasReady(replacement);
		assertThat(step(2, NOW)).isEqualTo("replace");
		assertThat(this.staffing.replacementFailed(this.backoff, NOW)).isLessThanOrEqualTo(Duration.ofMillis(500));
	}

	@Test
	void anOrdinaryWorkerThatSucceedsDoesNotEndTheWaiting() {
		pool("Rr");
		this.staffing.replacementFailed(this.backoff, NOW);
		this.staffing.wasReady(Workers.ready(77));
		assertThat(step(2, NOW)).isEqualTo("nothing");
	}

	@Test
	void aNewGenerationWaitsForNothing() {
		pool("RrR");
		this.staffing.vacate(new Vacancy(9, NOW.plusSeconds(30)));
		this.staffing.replacementFailed(this.backoff, NOW);
		this.staffing.accept(2);
		assertThat(step(4, NOW)).isEqualTo("hire");
		assertThat(step(3, NOW)).isEqualTo("replace");
		assertThat(this.staffing.replacementFailed(this.backoff, NOW)).isLessThanOrEqualTo(Duration.ofMillis(500));
	}

	@Test
	void aGenerationIsOutdatedWhenALaterOneIsAccepted() {
		Worker old = Workers.ready(1, 1);
		this.pool.add(old);
		assertThat(this.staffing.isOutdated(old)).isFalse();
		assertThat(this.staffing.hasOutdated()).isFalse();
		this.staffing.accept(2);
		assertThat(this.staffing.isOutdated(old)).isTrue();
		assertThat(this.staffing.hasOutdated()).isTrue();
		old.leave(WorkerState.DRAINING, Verdict.RELOAD, Instant.MAX);
		assertThat(this.staffing.hasOutdated()).isFalse();
	}

	@Test
	void aWorkerThatAskedToBeReplacedIsOutdatedButNoReloadWaitsForIt() {
		Worker retiring = Workers.ready(1, 1);
		this.pool.add(retiring);
		retiring.retire(new Message.Retire("max-requests", "x"));
		assertThat(this.staffing.isOutdated(retiring)).isTrue();
		assertThat(this.staffing.hasOutdated()).isFalse();
	}

}
