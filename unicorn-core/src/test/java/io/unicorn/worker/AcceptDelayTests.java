package io.unicorn.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class AcceptDelayTests {

	private final AcceptDelay delay = AcceptDelay.spreading();

	private long now = 1_000_000_000;

	private long microsAfterAccept(int open) {
		return this.delay.afterAccept(open, this.now).toNanos() / 1000;
	}

	@ParameterizedTest
	@CsvSource({ "0, 0", "1, 2100", "2, 2200", "10, 3000", "20, 4000", "21, 4000", "100000, 4000" })
	void theDelayGrowsWithTheOpenConnectionsUpToALimit(int open, long micros) {
		assertThat(microsAfterAccept(open)).isEqualTo(micros);
	}

	@Test
	void eachConnectionOfABurstThatStaysOpenDelaysTheNextOne() {
		for (int open = 1; open <= 20; open++) {
			assertThat(microsAfterAccept(open)).isEqualTo(2000 + 100 * open);
		}
	}

	@ParameterizedTest
	@CsvSource({ "32, 32, 4000", "64, 64, 2000", "256, 256, 500", "1000, 1250, 102", "1000, 1300, 0" })
	void ofManyConnectionsTheDelaysBecomeShorter(int open, int accepts, long micros) {
		assertThat(microsAfterSeveral(open, accepts)).isEqualTo(micros);
	}

	@ParameterizedTest
	@CsvSource({ "1, 2, 1050", "1, 16, 131", "1, 32, 0", "8, 16, 1400", "8, 64, 350", "8, 256, 0" })
	void connectionsThatHaveClosedAgainDelayTheNextOneLess(int open, int accepts, long micros) {
		assertThat(microsAfterSeveral(open, accepts)).isEqualTo(micros);
	}

	private long microsAfterSeveral(int open, int accepts) {
		for (int i = 1; i < accepts; i++) {
			microsAfterAccept(open);
		}
		return microsAfterAccept(open);
	}

	@Test
	void shortConnectionsThatComeSteadilyAreNotDelayed() {
		for (int i = 0; i < 1000; i++) {
			this.now += 2_000_000;
			microsAfterAccept(4);
		}
		assertThat(microsAfterAccept(4)).isZero();
	}

	@Test
	void acceptsAreForgotten() {
		for (int i = 0; i < 1000; i++) {
			microsAfterAccept(1);
		}
		this.now += Duration.ofSeconds(30).toNanos();
		assertThat(microsAfterAccept(1)).isEqualTo(2100);
	}

	@Test
	void thereMayBeNoDelayAtAll() {
		AcceptDelay none = AcceptDelay.none();
		assertThat(none.afterAccept(1, this.now)).isZero();
		assertThat(none.afterAccept(100, this.now)).isZero();
	}

	@Test
	void aClockThatBeginsBelowZeroIsAsGood() {
		this.now = Long.MIN_VALUE / 2;
		assertThat(microsAfterAccept(1)).isEqualTo(2100);
	}

	/**
	 * Connections that come all at once, on a machine that wakes a worker up to two
	 * milliseconds late now and then.
	 */
	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 })
	void aBurstIsSpreadOverTheWorkersThatRun(long seed) {
		Random random = new Random(seed);
		int workers = 2 + random.nextInt(7);
		int stopped = (random.nextInt(3) == 0) ? random.nextInt(workers) : -1;
		int burst = workers * (4 + random.nextInt(60));

		List<Integer> counts = new ArrayList<>(accept(random, workers, stopped, burst));

		assertThat(counts.stream().mapToInt(Integer::intValue).sum()).isEqualTo(burst);
		if (stopped >= 0) {
			assertThat(counts.remove(stopped)).isZero();
		}
		int most = Collections.max(counts);
		assertThat(most - Collections.min(counts)).isLessThanOrEqualTo(2 + most / 8);
	}

	/** Return how many connections each worker has. */
	private static List<Integer> accept(Random random, int workers, int stopped, int burst) {
		AcceptDelay[] delays = new AcceptDelay[workers];
		int[] counts = new int[workers];
		long[] next = new long[workers];
		for (int i = 0; i < workers; i++) {
			delays[i] = AcceptDelay.spreading();
			next[i] = (i == stopped) ? Long.MAX_VALUE : random.nextInt(500_000);
		}
		for (int i = 0; i < burst; i++) {
			long time = Arrays.stream(next).min().orElseThrow();
			int index = 0;
			while (next[index] != time) {
				index++;
			}
			counts[index]++;
			int latest = (random.nextInt(20) == 0) ? 2_000_000 : 100_000;
			next[index] = time + delays[index].afterAccept(counts[index], time).toNanos() + random.nextInt(latest);
		}
		return Arrays.stream(counts).boxed().toList();
	}

}
