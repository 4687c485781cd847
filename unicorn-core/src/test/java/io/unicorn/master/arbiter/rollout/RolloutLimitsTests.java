package io.unicorn.master.arbiter.rollout;

import java.time.Duration;

import io.unicorn.ipc.Message;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.master.arbiter.SimulatedPool;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * However a roll-out goes, there are never more processes than max-surge allows, counting
 * those that drain, and never fewer ready workers than max-unavailable allows.
 */
class RolloutLimitsTests {

	private static SimulatedPool reload(int workers, int maxSurge, int maxUnavailable, Duration observe) {
		SimulatedPool pool = SimulatedPool.running(
				SimulatedPool.settings(workers, new RolloutSettings(maxSurge, maxUnavailable, observe), Duration.ZERO));
		pool.strict();
		pool.signal(ProcessSignal.HUP);
		return pool;
	}

	private static int fewestReadyUntil(SimulatedPool pool, String state) {
		int fewest = pool.snapshot().ready();
		for (int i = 0; i < 60_000 && !pool.rollout().state().equals(state); i++) {
			fewest = Math.min(fewest, pool.snapshot().ready());
			pool.run(Duration.ofMillis(10));
		}
		assertThat(pool.rollout().state()).as(() -> String.join("\n", pool.log())).isEqualTo(state);
		return fewest;
	}

	@ParameterizedTest(name = "{0} workers, max-surge {1}, max-unavailable {2}, observe {3}")
	@CsvSource({ "4, 1, 0, PT5S", "4, 2, 0, PT5S", "4, 3, 0, PT0S", "4, 9, 0, PT5S", "4, 0, 1, PT5S", "4, 0, 2, PT0S",
			"4, 0, 4, PT5S", "4, 0, 9, PT5S", "4, 1, 1, PT5S", "4, 2, 2, PT0S", "1, 1, 0, PT0S", "1, 0, 1, PT5S",
			"1, 3, 3, PT5S" })
	void aRollOutStaysWithinItsLimitsAndEnds(int workers, int maxSurge, int maxUnavailable, Duration observe) {
		SimulatedPool pool = reload(workers, maxSurge, maxUnavailable, observe);
		assertThat(fewestReadyUntil(pool, "succeeded")).isGreaterThanOrEqualTo(workers - maxUnavailable);
		pool.run(Duration.ofMinutes(1));
		assertThat(pool.activeOf(2)).hasSize(workers);
		assertThat(pool.alive()).isEqualTo(workers);
	}

	@ParameterizedTest(name = "{0} workers, max-surge {1}, max-unavailable {2}")
	@CsvSource({ "4, 1, 0", "4, 2, 0", "4, 0, 1", "4, 0, 2", "4, 1, 1", "1, 0, 1" })
	void aSickCanaryIsReplacedByTheWorkersItHasDisplaced(int workers, int maxSurge, int maxUnavailable) {
		SimulatedPool pool = reload(workers, maxSurge, maxUnavailable, Duration.ofSeconds(5));
		pool.reach("observing").receive(pool.firstReadyOf(2), new Message.Health(false, "sick"));
		assertThat(fewestReadyUntil(pool, "rolled-back")).isGreaterThanOrEqualTo(workers - maxUnavailable);
		pool.run(Duration.ofMinutes(1));
		assertThat(pool.activeOf(1)).hasSize(workers);
	}

	@ParameterizedTest(name = "{0} workers, max-surge {1}, max-unavailable {2}")
	@CsvSource({ "4, 1, 0", "4, 2, 0", "4, 0, 1", "4, 0, 2", "4, 1, 1", "1, 0, 1" })
	void aRollBackStaysWithinTheLimitsToo(int workers, int maxSurge, int maxUnavailable) {
		SimulatedPool pool = reload(workers, maxSurge, maxUnavailable, Duration.ofSeconds(5));
		pool.reach("watching").run(Duration.ofSeconds(2));
		pool.receive(pool.firstReadyOf(2), new Message.Heartbeat(9000, 0, 0, 0, 0, 9000));
		assertThat(pool.rollout().state()).isEqualTo("rolling-back");
		assertThat(fewestReadyUntil(pool, "rolled-back")).isGreaterThanOrEqualTo(workers - maxUnavailable);
		pool.run(Duration.ofMinutes(1));
		assertThat(pool.activeOf(1)).hasSize(workers);
	}

	@ParameterizedTest(name = "max-surge {0}, max-unavailable {1}")
	@CsvSource({ "1, 0", "0, 1", "0, 2" })
	void aRollOutEndsThoughTheTargetIsZero(int maxSurge, int maxUnavailable) {
		SimulatedPool pool = reload(2, maxSurge, maxUnavailable, Duration.ofSeconds(5));
		pool.signal(ProcessSignal.WINCH);
		pool.reach("succeeded").run(Duration.ofMinutes(1));
		assertThat(pool.alive()).isZero();
		pool.signal(ProcessSignal.HUP);
		pool.run(Duration.ofMinutes(5));
		assertThat(pool.results()).containsExactly("succeeded", "succeeded");
		assertThat(pool.activeOf(3)).hasSize(2);
	}

	@ParameterizedTest(name = "{0}, {1}, then {2}, {3}")
	@CsvSource({ "1, 0, 0, 1", "0, 1, 1, 0", "1, 0, 3, 0", "0, 1, 3, 0" })
	void newLimitsHoldOnceTheCanaryHasPassed(int surge, int unavailable, int newSurge, int newUnavailable) {
		SimulatedPool pool = reload(4, surge, unavailable, Duration.ofSeconds(5));
		pool.script()
			.settings(SimulatedPool.settings(4, new RolloutSettings(newSurge, newUnavailable, Duration.ofSeconds(5)),
					Duration.ZERO));
		pool.reach("succeeded").run(Duration.ofMinutes(1));
		pool.signal(ProcessSignal.HUP);
		assertThat(fewestReadyUntil(pool, "rolling")).isEqualTo(4 - unavailable);
		assertThat(fewestReadyUntil(pool, "succeeded")).isEqualTo(4 - newUnavailable);
	}

}
