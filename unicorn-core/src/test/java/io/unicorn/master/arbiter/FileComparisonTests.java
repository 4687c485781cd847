package io.unicorn.master.arbiter;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.Pool;
import io.unicorn.master.arbiter.pool.Workers;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FileComparisonTests {

	private static final Instant NOW = Workers.SPAWNED.plusSeconds(5);

	private final Pool pool = new Pool();

	private final EffectBuffer effects = new EffectBuffer();

	private final FileComparison comparison = new FileComparison(this.pool, this.effects);

	@Test
	void oneWorkerHasNothingToBeComparedWith() {
		this.pool.add(Workers.ready(1));
		this.pool.add(Workers.booting(2));
		assertThat(at(NOW)).isEmpty();
		assertThat(this.comparison.deadlines()).isEmpty();
	}

	@Test
	void theSecondWorkerIsComparedAtOnceAndTenSecondsLater() {
		startTwo();
		assertThat(this.comparison.deadlines()).containsExactly(NOW.plus(FileComparison.AFTER_READY));
		assertThat(at(NOW.plusSeconds(9))).isEmpty();
		assertThat(at(NOW.plus(FileComparison.AFTER_READY))).containsExactly(new Effect.CompareFiles(List.of(1L, 2L)));
	}

	@Test
	void aCalmPoolIsComparedEveryHour() {
		startTwo();
		Instant second = NOW.plus(FileComparison.AFTER_READY);
		at(second);
		assertThat(this.comparison.deadlines()).containsExactly(second.plus(FileComparison.SELDOM));
		assertThat(at(second.plus(FileComparison.SELDOM).minusMillis(1))).isEmpty();
		assertThat(at(second.plus(FileComparison.SELDOM))).hasSize(1);
	}

	@Test
	void manyReplacementsPutNoComparisonOff() {
		startTwo();
		Instant due = NOW.plus(FileComparison.AFTER_READY);
		for (int i = 3; i < 10; i++) {
			this.pool.add(Workers.ready(i));
			assertThat(at(NOW.plusSeconds(i))).isEmpty();
		}
		assertThat(at(due)).containsExactly(new Effect.CompareFiles(List.of(1L, 2L, 3L, 4L)));
	}

	@Test
	void inAPoolTheFilesOfTheFirstTwoAreCompared() {
		SimulatedPool simulated = new SimulatedPool(3, 42);
		simulated.start();
		simulated.run(Duration.ofMinutes(1));
		List<Effect.CompareFiles> compared = simulated.effects(Effect.CompareFiles.class);
		assertThat(compared).first().isEqualTo(new Effect.CompareFiles(List.of(1L, 2L)));
		assertThat(compared).last().isEqualTo(new Effect.CompareFiles(List.of(1L, 2L, 3L)));
		assertThat(compared).hasSizeBetween(2, 3);
	}

	private void startTwo() {
		this.pool.add(Workers.ready(1));
		this.pool.add(Workers.ready(2));
		assertThat(at(NOW)).containsExactly(new Effect.CompareFiles(List.of(1L, 2L)));
	}

	private List<Effect> at(Instant now) {
		this.comparison.advance(now);
		return this.effects.take();
	}

}
