package io.unicorn.master.arbiter.pool;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class BackoffTests {

	/** Returns the highest number that it may, or 0. */
	private record Extreme(boolean highest) implements RandomGenerator {

		@Override
		public long nextLong() {
			return 0;
		}

		@Override
		public long nextLong(long bound) {
			return this.highest ? bound - 1 : 0;
		}

	}

	@ParameterizedTest
	@CsvSource({ "1, 0, 0", "2, 250, 500", "3, 500, 1000", "4, 1000, 2000", "5, 2000, 4000", "6, 4000, 8000",
			"7, 8000, 16000", "8, 15000, 30000", "9, 15000, 30000", "100, 15000, 30000", "2147483647, 15000, 30000" })
	void eachCrashDoublesTheWaitAndJitterTakesUpToHalf(int crashes, long least, long most) {
		assertThat(new Backoff(new Extreme(false)).delay(crashes, Backoff.CAP)).isEqualTo(Duration.ofMillis(least));
		assertThat(new Backoff(new Extreme(true)).delay(crashes, Backoff.CAP)).isEqualTo(Duration.ofMillis(most));
	}

	@ParameterizedTest
	@CsvSource({ "8, 32000", "11, 256000", "12, 300000", "2147483647, 300000" })
	void theWaitGrowsToMinutesWhereAnotherAttemptHardlyHelps(int crashes, long most) {
		assertThat(new Backoff(new Extreme(true)).delay(crashes, Backoff.LONG_CAP)).isEqualTo(Duration.ofMillis(most));
	}

	@ParameterizedTest
	@ValueSource(ints = { 2, 5, 8 })
	void theWaitIsNotAlwaysTheSame(int crashes) {
		Backoff backoff = new Backoff(new Random(1));
		assertThat(java.util.stream.Stream.generate(() -> backoff.delay(crashes, Backoff.CAP)).limit(50).distinct())
			.hasSizeGreaterThan(30);
	}

}
