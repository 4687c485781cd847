package io.unicorn.master;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

import io.unicorn.master.SimulatedPool.Faults;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When a cache of class data is trained, and when it is given up.
 */
class TrainingTests {

	private static final Duration LONG = Duration.ofHours(2);

	private final SimulatedPool pool = new SimulatedPool(2, 42);

	private void start() {
		this.pool.cacheKey = "ab";
		// The specification that the pool was created with has no cache yet.
		this.pool.start();
		this.pool.run(Duration.ofSeconds(8));
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("succeeded");
	}

	private int trainings() {
		return this.pool.ordered(Effect.Train.class).size();
	}

	private int cancellations() {
		return this.pool.ordered(Effect.CancelTraining.class).size();
	}

	private void reachTraining() {
		for (int i = 0; i < 1000 && !isTraining(); i++) {
			this.pool.run(Duration.ofMillis(100));
		}
		assertThat(isTraining()).isTrue();
	}

	private boolean isTraining() {
		return trainings() > 0;
	}

	private long told(String text) {
		return this.pool.story().stream().filter((line) -> line.contains(text)).count();
	}

	@Test
	void aCacheIsTrainedOnceWhenThePoolWasCompleteForTenSeconds() {
		start();
		this.pool.run(Training.CALM.minusMillis(20));
		assertThat(trainings()).isZero();
		this.pool.run(Duration.ofMillis(20));
		assertThat(this.pool.ordered(Effect.Train.class)).containsExactly(new Effect.Train(2));
		this.pool.run(LONG);
		assertThat(trainings()).isEqualTo(1);
		assertThat(told("INFO training a cache of class data in the background")).isEqualTo(1);
		assertThat(told("INFO cache of class data trained in ")).isEqualTo(1);
		assertThat(told("(60 MiB)")).isEqualTo(1);
	}

	@Test
	void whereNoCacheSuitsNothingIsTrainedOrInspected() {
		this.pool.start();
		this.pool.run(LONG);
		assertThat(this.pool.ordered(Effect.OfCache.class)).isEmpty();
	}

	@Test
	void aWorkerThatIsLostBeginsTheWaitAnew() {
		start();
		this.pool.run(Training.CALM.minusSeconds(1));
		this.pool.faults = new Faults(0, 0, 1, 0, 0, 0, 0, 0);
		this.pool.exit(this.pool.firstReady(), -1, 9);
		this.pool.run(Duration.ofSeconds(100));
		assertThat(trainings()).isZero();
		this.pool.faults = Faults.NONE;
		this.pool.run(Duration.ofMinutes(3));
		assertThat(trainings()).isEqualTo(1);
	}

	@Test
	void theSameCodeIsNotTrainedAgainByARollOut() {
		start();
		this.pool.run(Duration.ofMinutes(1));
		this.pool.signal(ProcessSignal.HUP);
		this.pool.run(LONG);
		assertThat(this.pool.snapshot().master().generation()).isEqualTo(3);
		assertThat(trainings()).isEqualTo(1);
	}

	@Test
	void newCodeIsTrainedAfterItsRollOut() {
		start();
		this.pool.run(Duration.ofMinutes(1));
		this.pool.cacheKey = "cd";
		this.pool.signal(ProcessSignal.HUP);
		this.pool.run(LONG);
		assertThat(this.pool.ordered(Effect.Train.class)).containsExactly(new Effect.Train(2), new Effect.Train(3));
	}

	@Test
	void aRollOutCancelsATrainingWhichIsRepeatedAfterwards() {
		start();
		reachTraining();
		this.pool.signal(ProcessSignal.HUP);
		assertThat(cancellations()).isEqualTo(1);
		this.pool.run(LONG);
		assertThat(trainings()).isEqualTo(2);
		assertThat(told("no cache of class data was trained")).isZero();
		assertThat(told("cache of class data trained in ")).isEqualTo(1);
	}

	@Test
	void aStopCancelsATraining() {
		start();
		reachTraining();
		this.pool.signal(ProcessSignal.TERM);
		assertThat(cancellations()).isEqualTo(1);
		this.pool.run(Duration.ofMinutes(1));
		assertThat(this.pool.exitCode()).isZero();
		assertThat(trainings()).isEqualTo(1);
	}

	@Test
	void theReplacementOfTheMasterCancelsATraining() {
		start();
		reachTraining();
		this.pool.signal(ProcessSignal.USR2);
		assertThat(cancellations()).isEqualTo(1);
		this.pool.run(LONG);
		assertThat(trainings()).isEqualTo(2);
	}

	@Test
	void aPoolWithoutWorkersTrainsNothing() {
		start();
		this.pool.signal(ProcessSignal.WINCH);
		this.pool.run(LONG);
		assertThat(trainings()).isZero();
	}

	@Test
	void whatFailsThreeTimesIsLeftAlone() {
		start();
		this.pool.trainingFails = 1;
		this.pool.run(LONG);
		assertThat(trainings()).isEqualTo(Training.MOST_FAILURES);
		assertThat(told("next attempt in 60 s")).isEqualTo(1);
		assertThat(told("next attempt in 4 min")).isEqualTo(1);
		assertThat(told("the training failed with exit code 1; it is not tried again")).isEqualTo(1);
		assertThat(told("WARN | Error: no memory")).as("the output is shown once").isEqualTo(1);
		this.pool.signal(ProcessSignal.HUP);
		this.pool.run(LONG);
		assertThat(trainings()).isEqualTo(Training.MOST_FAILURES);
	}

	@Test
	void aTrainingThatDoesNotEndIsCancelledAndCountsAsAFailure() {
		start();
		this.pool.trainingHangs = true;
		reachTraining();
		this.pool.run(Training.LONGEST.minusSeconds(1));
		assertThat(cancellations()).isZero();
		this.pool.run(Duration.ofSeconds(2));
		assertThat(cancellations()).isEqualTo(1);
		assertThat(told("it was not done after 30 min; next attempt in 60 s")).isEqualTo(1);
		this.pool.run(LONG);
		assertThat(cancellations()).isEqualTo(Training.MOST_FAILURES);
		assertThat(trainings()).isEqualTo(Training.MOST_FAILURES);
	}

	@Test
	void whileAnotherPoolTrainsItIsTriedAgainWithoutEnd() {
		this.pool.trainingIsBusy = true;
		start();
		this.pool.run(Duration.ofMinutes(10));
		assertThat(trainings()).isBetween(19, 21);
		this.pool.trainingIsBusy = false;
		this.pool.run(LONG);
		assertThat(told("cache of class data trained in ")).isEqualTo(1);
		assertThat(told("WARN")).isZero();
	}

	@Test
	void aCacheThatIsThereIsNotToldOf() {
		Training training = training("ab");
		training.advance(SimulatedPool.EPOCH);
		training.advance(SimulatedPool.EPOCH.plus(Training.CALM));
		assertThat(this.orders.take()).containsExactly(new Effect.Train(1));
		training.on(new Event.CacheFound("ab"), SimulatedPool.EPOCH.plus(Training.CALM));
		training.advance(SimulatedPool.EPOCH.plus(LONG));
		assertThat(this.orders.take()).isEmpty();
	}

	@Test
	void theArchiveOfTheMasterIsMadeBeforeTheCacheOfItsWorkers() {
		Training training = training("ab");
		training.on(new Event.ArchiveWanted("cd"), SimulatedPool.EPOCH);
		Instant calm = SimulatedPool.EPOCH.plus(Training.CALM);
		training.advance(SimulatedPool.EPOCH);
		training.advance(calm);
		assertThat(this.orders.take()).containsExactly(new Effect.MakeArchive());
		training.on(new Event.TrainingBegun("cd"), calm);
		training.advance(calm.plusSeconds(3));
		assertThat(this.orders.take()).isEmpty();
		training.on(new Event.Trained("cd", 15 << 20), calm.plusSeconds(4));
		training.advance(calm.plusSeconds(4));
		assertThat(this.orders.take()).containsExactly(
				new Effect.Tell(Effect.Level.INFO,
						"archive of the master's classes made in 4 s (15 MiB), masters start from it"),
				new Effect.Train(1));
		training.on(new Event.CacheFound("ab"), calm.plusSeconds(6));
		training.advance(calm.plus(LONG));
		assertThat(this.orders.take()).isEmpty();
	}

	@Test
	void theArchiveOfTheMasterIsMadeAloneWhereNoCacheSuits() {
		Training training = training("");
		training.on(new Event.ArchiveWanted("cd"), SimulatedPool.EPOCH);
		training.advance(SimulatedPool.EPOCH);
		training.advance(SimulatedPool.EPOCH.plus(Training.CALM));
		assertThat(this.orders.take()).containsExactly(new Effect.MakeArchive());
	}

	@Test
	void aCacheThatIsRejectedIsReplacedOnceAndToldOfTwice() {
		start();
		this.pool.run(Duration.ofMinutes(1));
		this.pool.cacheIsRejected = 1;
		for (int i = 0; i < 4; i++) {
			this.pool.exit(this.pool.firstReady(), -1, 9);
			this.pool.run(Duration.ofMinutes(3));
		}
		assertThat(trainings()).isEqualTo(2);
		assertThat(told("the cache of class data is dropped, because the JVM does not use it; another one is trained"))
			.isEqualTo(1);
		assertThat(told("because the JVM does not use it; workers boot without one")).isEqualTo(1);
		assertThat(told("the cache of class data is dropped")).isEqualTo(2);
	}

	@Test
	void onlyWorkersThatAreReadyAreInspected() {
		start();
		List<Effect.InspectCache> before = this.pool.ordered(Effect.InspectCache.class);
		assertThat(before).extracting(Effect.InspectCache::id)
			.containsExactlyInAnyOrderElementsOf(this.pool.activeOf(2));
		this.pool.faults = new Faults(0, 1, 0, 0, 0, 0, 0, 0);
		this.pool.exit(this.pool.firstReady(), -1, 9);
		this.pool.run(Duration.ofMinutes(1));
		assertThat(this.pool.ordered(Effect.InspectCache.class)).isEqualTo(before);
	}

	// Alone

	private final Orders orders = new Orders();

	private Training training(String key) {
		Pool workers = new Pool();
		Configuration configuration = new Configuration(
				new PoolSpec(SimulatedPool.settings(1), 1, List.of(), Set.of("* 8080"), "app.jar 00ff", key));
		Worker worker = new Worker(1, 0, 1, SimulatedPool.settings(1), false, false, 0, SimulatedPool.EPOCH);
		worker.ready(SimulatedPool.EPOCH);
		workers.add(worker);
		Staffing staffing = new Staffing(workers);
		Rollouts rollouts = new Rollouts(workers, staffing, configuration, this.orders);
		return new Training(workers, configuration, rollouts, new Upgrade(rollouts, staffing, this.orders),
				this.orders);
	}

}
