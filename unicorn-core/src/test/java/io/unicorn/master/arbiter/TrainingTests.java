package io.unicorn.master.arbiter;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

import io.unicorn.ipc.Initialization;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.arbiter.pool.Leadership;
import io.unicorn.master.arbiter.pool.Pool;
import io.unicorn.master.arbiter.pool.PoolConfiguration;
import io.unicorn.master.arbiter.pool.PoolSpec;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import io.unicorn.master.arbiter.pool.Reconciler;
import io.unicorn.master.arbiter.pool.Termination;
import io.unicorn.master.arbiter.pool.Worker;
import io.unicorn.master.arbiter.rollout.Rollouts;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When a cache of class data is trained, and when it is given up.
 */
class TrainingTests {

	private static final Duration LONG = Duration.ofHours(2);

	private final SimulatedPool pool = new SimulatedPool(2, 42);

	private void start() {
		this.pool.script().cacheKey("ab");
		// The specification that the pool was created with has no cache yet.
		this.pool.start();
		this.pool.run(Duration.ofSeconds(8));
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("succeeded");
	}

	private int trainings() {
		return this.pool.effects(Effect.TrainCache.class).size();
	}

	private int cancellations() {
		return this.pool.effects(Effect.CancelTraining.class).size();
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

	private long logged(String text) {
		return this.pool.log().stream().filter((line) -> line.contains(text)).count();
	}

	@Test
	void aCacheThatWasDeletedIsTrainedAgain() {
		start();
		this.pool.run(LONG);
		this.pool.deliver(new Event.CacheLost("ab"));
		this.pool.run(LONG);
		assertThat(trainings()).isEqualTo(2);
		assertThat(logged("WARN the cache of class data was deleted")).isEqualTo(1);
	}

	@Test
	void anotherJdkHasAnotherCache() {
		start();
		this.pool.run(LONG);
		PoolSpec before = this.pool.spec(2);
		PoolSpec changed = new PoolSpec(before.settings(), 2, List.of(), before.addresses(), before.code(), "cd", "");
		this.pool.change(2, changed);
		this.pool.run(LONG);
		assertThat(trainings()).isEqualTo(2);
	}

	@Test
	void aCacheIsTrainedOnceWhenThePoolWasCompleteForTenSeconds() {
		start();
		this.pool.run(Training.CALM.minusMillis(20));
		assertThat(trainings()).isZero();
		this.pool.run(Duration.ofMillis(20));
		assertThat(this.pool.effects(Effect.TrainCache.class)).containsExactly(new Effect.TrainCache(2));
		this.pool.run(LONG);
		assertThat(trainings()).isEqualTo(1);
		assertThat(logged("INFO training a cache of class data in the background")).isEqualTo(1);
		assertThat(logged("INFO cache of class data trained in ")).isEqualTo(1);
		assertThat(logged("(60 MiB)")).isEqualTo(1);
	}

	@Test
	void whereNoCacheSuitsNothingIsTrainedOrInspected() {
		this.pool.start();
		this.pool.run(LONG);
		assertThat(this.pool.effects(Effect.CacheEffect.class)).isEmpty();
	}

	@Test
	void aWorkerThatIsLostBeginsTheWaitAnew() {
		start();
		this.pool.run(Training.CALM.minusSeconds(1));
		this.pool.script().faults(Faults.none().bootHangs(1));
		this.pool.exit(this.pool.firstReady(), -1, 9);
		this.pool.run(Duration.ofSeconds(100));
		assertThat(trainings()).isZero();
		this.pool.script().faults(Faults.none());
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
		this.pool.script().cacheKey("cd");
		this.pool.signal(ProcessSignal.HUP);
		this.pool.run(LONG);
		assertThat(this.pool.effects(Effect.TrainCache.class)).containsExactly(new Effect.TrainCache(2),
				new Effect.TrainCache(3));
	}

	@Test
	void aRollOutCancelsATrainingWhichIsRepeatedAfterwards() {
		start();
		reachTraining();
		this.pool.signal(ProcessSignal.HUP);
		assertThat(cancellations()).isEqualTo(1);
		this.pool.run(LONG);
		assertThat(trainings()).isEqualTo(2);
		assertThat(logged("no cache of class data was trained")).isZero();
		assertThat(logged("cache of class data trained in ")).isEqualTo(1);
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
		this.pool.script().trainingFailures(1);
		this.pool.run(LONG);
		assertThat(trainings()).isEqualTo(Training.MOST_FAILURES);
		assertThat(logged("next attempt in 60 s")).isEqualTo(1);
		assertThat(logged("next attempt in 4 min")).isEqualTo(1);
		assertThat(logged("the training failed with exit code 1; it is not tried again")).isEqualTo(1);
		assertThat(logged("WARN | Error: no memory")).as("the output is shown once").isEqualTo(1);
		this.pool.signal(ProcessSignal.HUP);
		this.pool.run(LONG);
		assertThat(trainings()).isEqualTo(Training.MOST_FAILURES);
	}

	@Test
	void aTrainingThatDoesNotEndIsCancelledAndCountsAsAFailure() {
		start();
		this.pool.script().trainingHangs(true);
		reachTraining();
		this.pool.run(Training.LONGEST.minusSeconds(1));
		assertThat(cancellations()).isZero();
		this.pool.run(Duration.ofSeconds(2));
		assertThat(cancellations()).isEqualTo(1);
		assertThat(logged("it was not done after 30 min; next attempt in 60 s")).isEqualTo(1);
		this.pool.run(LONG);
		assertThat(cancellations()).isEqualTo(Training.MOST_FAILURES);
		assertThat(trainings()).isEqualTo(Training.MOST_FAILURES);
	}

	@Test
	void whileAnotherPoolTrainsItIsTriedAgainWithoutEnd() {
		this.pool.script().trainingIsPostponed(true);
		start();
		this.pool.run(Duration.ofMinutes(10));
		assertThat(trainings()).isBetween(19, 21);
		this.pool.script().trainingIsPostponed(false);
		this.pool.run(LONG);
		assertThat(logged("cache of class data trained in ")).isEqualTo(1);
		assertThat(logged("WARN")).isZero();
	}

	@Test
	void aCacheThatExistsIsNotLogged() {
		Training training = training("ab");
		training.advance(SimulatedPool.EPOCH);
		training.advance(SimulatedPool.EPOCH.plus(Training.CALM));
		assertThat(this.effects.take()).containsExactly(new Effect.TrainCache(1));
		training.on(new Event.CacheFound("ab"), SimulatedPool.EPOCH.plus(Training.CALM));
		training.advance(SimulatedPool.EPOCH.plus(LONG));
		assertThat(this.effects.take()).isEmpty();
	}

	@Test
	void theArchiveOfTheMasterIsMadeBeforeTheCacheOfItsWorkers() {
		Training training = training("ab");
		training.on(new Event.ArchiveWanted("cd"), SimulatedPool.EPOCH);
		Instant calm = SimulatedPool.EPOCH.plus(Training.CALM);
		training.advance(SimulatedPool.EPOCH);
		training.advance(calm);
		assertThat(this.effects.take()).containsExactly(new Effect.MakeArchive());
		training.on(new Event.TrainingStarted("cd"), calm);
		training.advance(calm.plusSeconds(3));
		assertThat(this.effects.take()).isEmpty();
		training.on(new Event.Trained("cd", 15 << 20), calm.plusSeconds(4));
		training.advance(calm.plusSeconds(4));
		assertThat(this.effects.take()).containsExactly(
				new Effect.Log(Effect.Level.INFO,
						"archive of the master's classes made in 4 s (15 MiB), masters start from it"),
				new Effect.TrainCache(1));
		training.on(new Event.CacheFound("ab"), calm.plusSeconds(6));
		training.advance(calm.plus(LONG));
		assertThat(this.effects.take()).isEmpty();
	}

	@Test
	void theArchiveOfTheMasterIsMadeAloneWhereNoCacheSuits() {
		Training training = training("");
		training.on(new Event.ArchiveWanted("cd"), SimulatedPool.EPOCH);
		training.advance(SimulatedPool.EPOCH);
		training.advance(SimulatedPool.EPOCH.plus(Training.CALM));
		assertThat(this.effects.take()).containsExactly(new Effect.MakeArchive());
	}

	@Test
	void aCacheThatIsRejectedIsReplacedOnceAndLoggedTwice() {
		start();
		this.pool.run(Duration.ofMinutes(1));
		this.pool.script().cacheRejections(1);
		for (int i = 0; i < 4; i++) {
			this.pool.exit(this.pool.firstReady(), -1, 9);
			this.pool.run(Duration.ofMinutes(3));
		}
		assertThat(trainings()).isEqualTo(2);
		assertThat(
				logged("the cache of class data is dropped, because the JVM does not use it; another one is trained"))
			.isEqualTo(1);
		assertThat(logged("because the JVM does not use it; workers boot without one")).isEqualTo(1);
		assertThat(logged("the cache of class data is dropped")).isEqualTo(2);
	}

	@Test
	void onlyWorkersThatAreReadyAreInspected() {
		start();
		List<Effect.InspectCache> before = this.pool.effects(Effect.InspectCache.class);
		assertThat(before).extracting(Effect.InspectCache::id)
			.containsExactlyInAnyOrderElementsOf(this.pool.activeOf(2));
		this.pool.script().faults(Faults.none().bootFailures(1));
		this.pool.exit(this.pool.firstReady(), -1, 9);
		this.pool.run(Duration.ofMinutes(1));
		assertThat(this.pool.effects(Effect.InspectCache.class)).isEqualTo(before);
	}

	// Alone

	private final EffectBuffer effects = new EffectBuffer();

	private Training training(String key) {
		Pool workers = new Pool();
		PoolConfiguration configuration = new PoolConfiguration(
				new PoolSpec(SimulatedPool.settings(1), 1, List.of(), Set.of("* 8080"), "app.jar 00ff", key, ""));
		Worker worker = new Worker(1, 0, 1, SimulatedPool.settings(1), false, false, 0, SimulatedPool.EPOCH,
				Initialization.NOTHING);
		worker.ready(SimulatedPool.EPOCH);
		workers.add(worker);
		Reconciler reconciler = new Reconciler(workers, 8);
		Rollouts rollouts = new Rollouts(workers, reconciler, configuration, this.effects,
				new Termination(this.effects, new Leadership(workers, this.effects)));
		return new Training(workers, configuration, rollouts, new Upgrade(rollouts, reconciler,
				new MainMethod(this.effects), new Hooks(workers, configuration, this.effects), this.effects),
				this.effects);
	}

}
