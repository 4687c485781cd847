package io.unicorn.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class AcceptTurnsTests {

	private static final int PLACES = 8;

	private final ConnectionBoard board = ConnectionBoard.ofThisProcess(PLACES);

	private long now = 1_000_000_000;

	private AcceptTurns worker(int index, int connections) {
		AcceptTurns worker = new AcceptTurns(this.board, index, () -> this.now);
		worker.begin();
		for (int i = 0; i < connections; i++) {
			worker.opened();
			worker.taken();
		}
		return worker;
	}

	@Test
	void whoIsAloneNeverWaits() {
		assertThat(worker(0, 100).nanosToWait()).isZero();
	}

	@Test
	void whoHasMoreWaitsAndWhoHasLessOrAsManyDoesNot() {
		AcceptTurns more = worker(0, 3);
		AcceptTurns less = worker(1, 2);
		AcceptTurns asMany = worker(2, 2);
		assertThat(more.nanosToWait()).isPositive();
		assertThat(less.nanosToWait()).isZero();
		assertThat(asMany.nanosToWait()).isZero();
		more.closed();
		assertThat(more.nanosToWait()).isZero();
	}

	@Test
	void ofManyConnectionsAFewMoreDoNotMatter() {
		AcceptTurns more = worker(0, 72);
		AcceptTurns less = worker(1, 63);
		assertThat(more.nanosToWait()).isZero();
		less.closed();
		less.closed();
		assertThat(more.nanosToWait()).isPositive();
	}

	@Test
	void aWorkerThatTakesNothingIsWaitedForALittleOnceUntilItTakesSomething() {
		AcceptTurns more = worker(0, 2);
		AcceptTurns stopped = worker(1, 0);
		assertThat(waitInVain(more)).isBetween(3_000_000L, 10_000_000L);
		more.opened();
		more.taken();
		assertThat(more.nanosToWait()).isZero();
		stopped.opened();
		stopped.taken();
		assertThat(more.nanosToWait()).isPositive();
	}

	private static long waitInVain(AcceptTurns worker) {
		long sum = 0;
		for (long nanos = worker.nanosToWait(); nanos > 0; nanos = worker.nanosToWait()) {
			sum += nanos;
			assertThat(sum).as("waited so far, in ns").isLessThan(1_000_000_000);
		}
		return sum;
	}

	@Test
	void asLongAsOthersWithLessTakeTheyAreWaitedFor() {
		AcceptTurns more = worker(0, 40);
		AcceptTurns less = worker(1, 0);
		for (int i = 0; i < 35; i++) {
			assertThat(more.nanosToWait()).isPositive();
			assertThat(more.nanosToWait()).isPositive();
			less.opened();
			less.taken();
		}
		assertThat(more.nanosToWait()).isZero();
	}

	@Test
	void whoDoesNotAcceptYetOrAnyMoreIsNotWaitedFor() {
		AcceptTurns more = worker(0, 9);
		AcceptTurns booting = new AcceptTurns(this.board, 1);
		AcceptTurns draining = worker(2, 0);
		draining.end();
		assertThat(more.nanosToWait()).isZero();
		booting.begin();
		assertThat(more.nanosToWait()).isPositive();
	}

	@Test
	void whoComesAfterAWorkerThatWasKilledBeginsWithNothing() {
		worker(1, 50);
		AcceptTurns other = worker(0, 1);
		assertThat(other.nanosToWait()).isZero();
		new AcceptTurns(this.board, 1).begin();
		assertThat(other.nanosToWait()).isPositive();
	}

	@Test
	void nobodyWaitsWhereConnectionsAreClosedAsFastAsTheyCome() {
		AcceptTurns more = worker(0, 8);
		worker(1, 0);
		this.now += 1_100_000_000;
		for (int i = 0; i < 10; i++) {
			more.opened();
			more.taken();
			more.closed();
			more.opened();
			more.taken();
			more.closed();
			this.now += 90_000_000;
		}
		assertThat(more.nanosToWait()).isZero();
		this.now += 2_100_000_000;
		assertThat(more.nanosToWait()).as("that is over").isPositive();
	}

	@Test
	void connectionsThatAreClosedAllAtOnceWereNotShortForThat() {
		AcceptTurns more = worker(0, 40);
		worker(1, 0);
		this.now += 1_100_000_000;
		for (int i = 0; i < 38; i++) {
			more.closed();
		}
		assertThat(more.nanosToWait()).isPositive();
		for (int i = 0; i < 30; i++) {
			more.opened();
			more.taken();
		}
		for (int i = 0; i < 5; i++) {
			more.closed();
		}
		assertThat(more.nanosToWait()).as("a few short ones among them").isPositive();
	}

	@Test
	void aWorkerWithoutAPlaceAcceptsAsItComes() {
		worker(0, 0);
		AcceptTurns without = worker(PLACES, 100);
		assertThat(without.nanosToWait()).isZero();
		without.closed();
		without.end();
	}

	@Test
	void theBoardIsSharedByWhoeverOpensItsFile(@TempDir Path directory) throws IOException {
		Path file = Files.write(directory.resolve("board"), new byte[4 * 64]);
		ConnectionBoard ours = ConnectionBoard.open(file);
		ConnectionBoard theirs = ConnectionBoard.open(file);
		AcceptTurns more = new AcceptTurns(ours, 3);
		more.opened();
		more.begin();
		assertThat(more.nanosToWait()).isZero();
		new AcceptTurns(theirs, 0).begin();
		assertThat(more.nanosToWait()).isPositive();
		assertThat(theirs.slots()).isEqualTo(4);
		assertThat(theirs.connections(3)).isOne();
		assertThat(theirs.accepts(3)).isTrue();
	}

	/**
	 * Connections that come all at once, on a machine that lets each worker run when it
	 * likes.
	 */
	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 })
	void aBurstIsSpreadAndNobodyIsWaitedForLong(long seed) {
		Random random = new Random(seed);
		int workers = 2 + random.nextInt(PLACES - 1);
		int stopped = (random.nextInt(3) == 0) ? random.nextInt(workers) : -1;
		int burst = 1 + random.nextInt(200);
		Simulation simulation = new Simulation(random, workers, stopped);

		long nanos = simulation.accept(burst);

		List<Integer> counts = new ArrayList<>(simulation.counts());
		assertThat(counts.stream().mapToInt(Integer::intValue).sum()).isEqualTo(burst);
		if (stopped >= 0) {
			assertThat(counts.remove(stopped)).isZero();
		}
		int most = Collections.max(counts);
		assertThat(most - Collections.min(counts)).isLessThanOrEqualTo(1 + most / 8);
		// One turn in vain for each, and what accepting takes.
		assertThat(nanos).isLessThan(100_000_000L + burst * 1_000_000L);
	}

	/**
	 * Workers that accept from one queue. Who may accept does so within half a
	 * millisecond; some get far more of the processors than others.
	 */
	private final class Simulation {

		private final Random random;

		private final List<AcceptTurns> workers = new ArrayList<>();

		private final int[] counts;

		private final int[] steps;

		private final long[] next;

		Simulation(Random random, int workers, int stopped) {
			this.random = random;
			this.counts = new int[workers];
			this.steps = new int[workers];
			this.next = new long[workers];
			for (int i = 0; i < workers; i++) {
				this.workers.add(worker(i, 0));
				this.steps[i] = 30_000 << random.nextInt(5);
				this.next[i] = (i == stopped) ? Long.MAX_VALUE : random.nextInt(2_000_000);
			}
		}

		/** Return how long it takes. */
		long accept(int burst) {
			int waiting = burst;
			long now = 0;
			while (waiting > 0) {
				int index = earliest();
				now = this.next[index];
				AcceptTurns worker = this.workers.get(index);
				long nanos = worker.nanosToWait();
				if (nanos == 0) {
					waiting--;
					this.counts[index]++;
					worker.opened();
					worker.taken();
				}
				this.next[index] = now + nanos + 1_000 + this.random.nextInt(this.steps[index]);
			}
			return now;
		}

		private int earliest() {
			long least = Arrays.stream(this.next).min().orElseThrow();
			int index = 0;
			while (this.next[index] != least) {
				index++;
			}
			return index;
		}

		List<Integer> counts() {
			return Arrays.stream(this.counts).boxed().toList();
		}

	}

}
