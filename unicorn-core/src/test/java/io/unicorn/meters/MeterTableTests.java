package io.unicorn.meters;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * How the series of workers become those of the pool.
 */
class MeterTableTests {

	private static final double[] BUCKETS = { 1, Series.COUNT, Series.VALUE };

	private final MeterTable table = new MeterTable();

	private Map<Series.Key, Series> merged(Long... present) {
		Map<Series.Key, Series> byKey = new HashMap<>();
		this.table.merge(List.of(present)).series().forEach((series) -> {
			assertThat(byKey.put(series.key(), series)).as("twice").isNull();
		});
		return byKey;
	}

	private double counted(String uri) {
		Series series = merged().get(SampleSeries.counterKey(uri));
		return (series != null) ? series.value() : 0;
	}

	@Test
	void countersAreAddedUpAndGaugesAreThoseOfEachSlot() {
		this.table.add(1, 0);
		this.table.add(2, 1);
		this.table.update(1, SampleSeries.batch(SampleSeries.counter("/", 3), SampleSeries.gauge(9, 0.5)));
		this.table.update(2, SampleSeries.batch(SampleSeries.counter("/", 4), SampleSeries.gauge(9, 0.25)));
		assertThat(merged(1L, 2L).values()).containsExactlyInAnyOrder(SampleSeries.counter("/", 7),
				SampleSeries.gauge(0, 0.5), SampleSeries.gauge(1, 0.25));
	}

	@Test
	void aWorkerThatHasNotAnsweredCountsAndHasNoGauges() {
		this.table.add(1, 0);
		this.table.update(1, SampleSeries.batch(SampleSeries.counter("/", 3), SampleSeries.gauge(0, 0.5)));
		assertThat(merged().values()).containsExactly(SampleSeries.counter("/", 3));
	}

	@Test
	void whatAWorkerHasCountedOutlivesItAndItsGaugesDoNot() {
		this.table.add(1, 0);
		this.table.update(1, SampleSeries.batch(SampleSeries.counter("/", 3), SampleSeries.gauge(0, 0.5),
				SampleSeries.histogram(BUCKETS, 1, 2, 9.5)));
		this.table.remove(1);
		this.table.add(2, 0);
		this.table.update(2,
				SampleSeries.batch(SampleSeries.counter("/", 1), SampleSeries.histogram(BUCKETS, 10, 20, 0.5)));
		assertThat(merged(1L, 2L).values()).containsExactlyInAnyOrder(SampleSeries.counter("/", 4),
				SampleSeries.histogram(BUCKETS, 11, 22, 10));
	}

	@Test
	void ofTwoWorkersInOneSlotTheNewerOneHasTheGauges() {
		this.table.add(1, 0);
		this.table.add(2, 0);
		this.table.update(1, SampleSeries.batch(SampleSeries.gauge(0, 1)));
		assertThat(merged(1L, 2L).values()).containsExactly(SampleSeries.gauge(0, 1));
		this.table.update(2, SampleSeries.batch(SampleSeries.gauge(0, 2)));
		assertThat(merged(1L, 2L).values()).containsExactly(SampleSeries.gauge(0, 2));
	}

	@Test
	void bucketsOfDifferentVersionsAreMerged() {
		this.table.add(1, 0);
		this.table.add(2, 1);
		this.table.update(1, SampleSeries
			.batch(SampleSeries.histogram(new double[] { 1, 2, Series.COUNT, Series.VALUE }, 5, 6, 7, 10)));
		this.table.update(2, SampleSeries
			.batch(SampleSeries.histogram(new double[] { 0.5, 2, Series.COUNT, Series.VALUE }, 1, 2, 3, 4)));
		assertThat(merged().values()).containsExactly(
				SampleSeries.histogram(new double[] { 0.5, 1, 2, Series.COUNT, Series.VALUE }, 1, 5, 8, 10, 14));
	}

	@Test
	void aGaugeThatIsGoneIsRemovedAndACounterStays() {
		this.table.add(1, 0);
		MeterDelta delta = new MeterDelta();
		this.table.update(1,
				delta.changes(SampleSeries.batch(SampleSeries.counter("/", 3), SampleSeries.gauge(0, 1)), true));
		this.table.update(1, delta.changes(SampleSeries.batch(), true));
		assertThat(merged(1L).values()).containsExactly(SampleSeries.counter("/", 3));
	}

	@Test
	void aCounterThatBeginsAnewInALivingWorkerGoesOn() {
		this.table.add(1, 0);
		this.table.update(1,
				SampleSeries.batch(SampleSeries.counter("/", 30), SampleSeries.histogram(BUCKETS, 5, 5, 100)));
		this.table.update(1,
				SampleSeries.batch(SampleSeries.counter("/", 2), SampleSeries.histogram(BUCKETS, 0, 1, 7)));
		assertThat(merged().values()).containsExactlyInAnyOrder(SampleSeries.counter("/", 32),
				SampleSeries.histogram(BUCKETS, 5, 6, 107));
	}

	@Test
	void aSumMayFallByItself() {
		this.table.add(1, 0);
		this.table.update(1, SampleSeries.batch(SampleSeries.histogram(BUCKETS, 5, 5, 100)));
		this.table.update(1, SampleSeries.batch(SampleSeries.histogram(BUCKETS, 6, 5, 90)));
		assertThat(merged().values()).containsExactly(SampleSeries.histogram(BUCKETS, 6, 5, 90));
	}

	@Test
	void whatIsNoNumberIsNotAddedUp() {
		this.table.add(1, 0);
		this.table.update(1, SampleSeries.batch(SampleSeries.counter("/", 3)));
		this.table.update(1, SampleSeries.batch(SampleSeries.counter("/", Double.NaN)));
		assertThat(counted("/")).isEqualTo(3);
	}

	@Test
	void anUnknownWorkerIsIgnored() {
		this.table.update(5, SampleSeries.batch(SampleSeries.counter("/", 3)));
		this.table.remove(5);
		this.table.remove(MeterTable.DEPARTED);
		assertThat(merged()).isEmpty();
		assertThat(this.table.slot(5)).isEqualTo(-1);
	}

	@RepeatedTest(50)
	void theMergeOfAnyPartitionIsThatOfTheWhole(RepetitionInfo repetition) {
		Random random = new Random(repetition.getCurrentRepetition());
		Map<Series.Key, Series> expected = new HashMap<>();
		for (int worker = 1; worker <= 8; worker++) {
			this.table.add(worker, worker % 3);
			List<Series> series = SampleSeries.random(random);
			this.table.update(worker, SampleSeries.batch(series.toArray(Series[]::new)));
			series.stream().filter(Series::isAdditive).forEach((one) -> expected.merge(one.key(), one, Series::plus));
			if (random.nextBoolean()) {
				this.table.remove(worker);
			}
		}
		MeterTable restored = new MeterTable();
		restored.restore(this.table.save());
		Map<Series.Key, Series> merged = merged();
		assertThat(merged.keySet()).isEqualTo(expected.keySet());
		merged.forEach((key, series) -> {
			Series wanted = expected.get(key);
			assertThat(series.fields()).isEqualTo(wanted.fields());
			assertThat(series.count()).isEqualTo(wanted.count());
			assertThat(series.value()).isCloseTo(wanted.value(), within(1e-9));
		});
		assertThat(restored.merge(List.of()).series()).containsExactlyInAnyOrderElementsOf(merged.values());
	}

	@RepeatedTest(20)
	void nothingGoesBackwardsWhileWorkersAreReplaced(RepetitionInfo repetition) {
		Random random = new Random(repetition.getCurrentRepetition());
		Map<Integer, Double> living = new HashMap<>();
		Map<Integer, Long> numbers = new HashMap<>();
		double before = 0;
		double events = 0;
		long last = 0;
		for (int step = 0; step < 300; step++) {
			int slot = random.nextInt(4);
			if (random.nextInt(10) == 0 || !numbers.containsKey(slot)) {
				if (numbers.containsKey(slot)) {
					this.table.remove(numbers.get(slot));
				}
				numbers.put(slot, ++last);
				living.put(slot, 0.0);
				this.table.add(last, slot);
			}
			double more = random.nextDouble();
			events += more;
			double own = living.merge(slot, more, Double::sum);
			this.table.update(numbers.get(slot), SampleSeries.batch(SampleSeries.counter("/", own)));
			double now = counted("/");
			assertThat(now).as("step %s", step).isGreaterThanOrEqualTo(before).isCloseTo(events, within(1e-6));
			before = now;
		}
	}

	@Test
	void whatIsAboveTheLimitIsLeftOutAndTheRestGoesOn() {
		this.table.add(1, 0);
		this.table.update(1, SampleSeries.batch(SampleSeries.counter("/", 3)));
		List<Series> many = new ArrayList<>();
		for (int i = 0; i < 20_000; i++) {
			many.add(SampleSeries.counter("/" + i, 1));
		}
		this.table.update(1, SampleSeries.batch(many.toArray(Series[]::new)));
		assertThat(this.table.takeLeftOut()).isPositive();
		assertThat(this.table.takeLeftOut()).isZero();
		this.table.update(1, SampleSeries.batch(SampleSeries.counter("/", 4)));
		assertThat(counted("/")).isEqualTo(4);
		assertThat(merged()).hasSizeBetween(1000, 10_000);
		int departed = merged().size();
		for (int worker = 2; worker < 20; worker++) {
			this.table.add(worker, 0);
			this.table.update(worker, SampleSeries.batch(many.toArray(Series[]::new)));
			this.table.remove(worker);
		}
		this.table.remove(1);
		assertThat(merged()).hasSizeBetween(departed, 2 * departed);
	}

	@Test
	void aWorkerTellsOnlyWhatHasChanged() {
		MeterDelta delta = new MeterDelta();
		Series one = SampleSeries.counter("/1", 1);
		Series two = SampleSeries.counter("/2", 2);
		Series gauge = SampleSeries.gauge(0, 5);
		assertThat(delta.changes(SampleSeries.batch(one, two, gauge), true)).isEqualTo(new MeterBatch(
				Map.of("requests", SampleSeries.FAMILIES.get("requests"), "heap", SampleSeries.FAMILIES.get("heap")),
				List.of(one, two, gauge)));
		Series more = SampleSeries.counter("/2", 3);
		assertThat(delta.changes(SampleSeries.batch(one, more), false))
			.isEqualTo(new MeterBatch(Map.of(), List.of(more)));
		assertThat(delta.changes(SampleSeries.batch(one, more), true).series())
			.containsExactly(Series.gone(gauge.key()));
		assertThat(delta.changes(SampleSeries.batch(one, more), true).series()).isEmpty();
		assertThat(delta.takeOverflow()).isFalse();
	}

	@Test
	void aWorkerTellsOfSoManySeriesAtMost() {
		MeterDelta delta = new MeterDelta();
		Series[] many = new Series[MeterDelta.MOST + 1];
		for (int i = 0; i < many.length; i++) {
			many[i] = SampleSeries.counter("/" + i, 1);
		}
		assertThat(delta.changes(SampleSeries.batch(many), true).series()).hasSize(MeterDelta.MOST);
		assertThat(delta.takeOverflow()).isTrue();
		assertThat(delta.takeOverflow()).isFalse();
	}

}
