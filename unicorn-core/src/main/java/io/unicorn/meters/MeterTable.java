package io.unicorn.meters;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * The last known series of all workers, and the sums of those that have exited. What is
 * added up never goes backwards: not when a worker exits, and not by the rounding of sums
 * in another order. What is above the limits is left out. Not thread-safe.
 */
public final class MeterTable {

	/** The number of the workers that have exited. */
	public static final long DEPARTED = 0;

	/** The most memory of one worker's series, and of the sums of those that are gone. */
	static final long MOST_BYTES_OF_ONE = 1024 * 1024;

	/** The most memory of all series. */
	static final long MOST_BYTES = 4 * 1024 * 1024;

	/** About what a series takes beside its values and labels. */
	private static final int SERIES_BYTES = 160;

	private static final int FAMILY_BYTES = 128;

	/** The most memory of the families: their names and help. */
	private static final long MOST_FAMILY_BYTES = 512 * 1024;

	/** The series of one worker. */
	private static final class Entry {

		private final int slot;

		private final Map<Series.Key, Series> series = new HashMap<>();

		private long bytes;

		Entry(int slot) {
			this.slot = slot;
		}

	}

	private final TreeMap<Long, Entry> entries = new TreeMap<>();

	private final Map<String, Family> families = new HashMap<>();

	private long familyBytes;

	/** Each key in use, so that workers share it. */
	private final Map<Series.Key, Series.Key> keys = new HashMap<>();

	/** The sums that were published last; a later one is not lower. */
	private Map<Series.Key, Double> published = Map.of();

	private long bytes;

	private long leftOut;

	/** Create a table without workers. */
	public MeterTable() {
		this.entries.put(DEPARTED, new Entry(Series.POOL));
	}

	/**
	 * Add a worker that has told nothing yet.
	 * @param worker its number, from 1
	 * @param slot its slot, from 0
	 */
	public void add(long worker, int slot) {
		this.entries.put(worker, new Entry(slot));
	}

	/** Return the workers that have told of series. */
	public Set<Long> workers() {
		Set<Long> workers = new HashSet<>();
		this.entries.forEach((worker, entry) -> {
			if (worker != DEPARTED && !entry.series.isEmpty()) {
				workers.add(worker);
			}
		});
		return workers;
	}

	/** Return the slot of a worker, or -1 if it is unknown. */
	public int slot(long worker) {
		Entry entry = this.entries.get(worker);
		return (entry != null) ? entry.slot : -1;
	}

	/** Take what a worker tells of its series. Does nothing if it is unknown. */
	public void update(long worker, MeterBatch changes) {
		Entry entry = this.entries.get(worker);
		if (entry == null) {
			return;
		}
		changes.families().values().forEach(this::addFamily);
		for (Series series : changes.series()) {
			put(entry, series.isAdditive() ? series : series.of(Math.max(0, entry.slot)));
		}
	}

	private void addFamily(Family family) {
		long size = (long) FAMILY_BYTES + family.name().length() + family.help().length();
		if (this.familyBytes + size <= MOST_FAMILY_BYTES && this.families.putIfAbsent(family.name(), family) == null) {
			this.familyBytes += size;
		}
	}

	private void put(Entry entry, Series series) {
		Series before = entry.series.get(series.key());
		if (series.isGone()) {
			if (!series.isAdditive()) {
				remove(entry, series.key());
			}
			return;
		}
		if (series.isAdditive() && !series.isFinite()) {
			return;
		}
		if (before != null && series.isAdditive() && series.hasBegunAnew(before)) {
			depart(before);
		}
		store(entry, before, series);
	}

	private void store(Entry entry, @Nullable Series before, Series series) {
		long more = bytes(series) - ((before != null) ? bytes(before) : 0);
		if (more > 0 && (entry.bytes + more > MOST_BYTES_OF_ONE || this.bytes + more > MOST_BYTES)) {
			this.leftOut++;
			return;
		}
		entry.bytes += more;
		this.bytes += more;
		Series.Key known = this.keys.putIfAbsent(series.key(), series.key());
		Series.Key key = (known != null) ? known : series.key();
		entry.series.put(key, series.sharing(key, (before != null) ? before.fields() : series.fields()));
	}

	private void remove(Entry entry, Series.Key key) {
		Series removed = entry.series.remove(key);
		if (removed != null) {
			entry.bytes -= bytes(removed);
			this.bytes -= bytes(removed);
		}
	}

	private static long bytes(Series series) {
		return (long) SERIES_BYTES + series.key().labels().length() + (long) Double.BYTES * series.fields().length;
	}

	/** Add what a worker that is gone has counted to the sums of those before. */
	public void remove(long worker) {
		Entry entry = (worker != DEPARTED) ? this.entries.remove(worker) : null;
		if (entry == null) {
			return;
		}
		this.bytes -= entry.bytes;
		entry.series.values().stream().filter(Series::isAdditive).forEach(this::depart);
		Set<Series.Key> used = new HashSet<>();
		this.entries.values().forEach((other) -> used.addAll(other.series.keySet()));
		this.keys.keySet().retainAll(used);
	}

	private void depart(Series series) {
		Entry departed = departed();
		Series before = departed.series.get(series.key());
		store(departed, before, (before != null) ? before.plus(series) : series);
	}

	private Entry departed() {
		return this.entries.computeIfAbsent(DEPARTED, (number) -> new Entry(Series.POOL));
	}

	/** Return how many series were left out since the last call. */
	public long takeLeftOut() {
		long count = this.leftOut;
		this.leftOut = 0;
		return count;
	}

	/**
	 * Return the series of the pool.
	 * @param present the workers whose own series are wanted, such as gauges; of those in
	 * the same slot, the one that was started last
	 */
	public MeterBatch merge(Collection<Long> present) {
		Map<Series.Key, Series> sums = new LinkedHashMap<>();
		Map<Integer, Long> newest = new HashMap<>();
		for (Map.Entry<Long, Entry> worker : this.entries.entrySet()) {
			worker.getValue().series.values()
				.stream()
				.filter(Series::isAdditive)
				.forEach((series) -> sums.merge(series.key(), series, Series::plus));
			if (present.contains(worker.getKey()) && !worker.getValue().series.isEmpty()) {
				newest.put(worker.getValue().slot, worker.getKey());
			}
		}
		List<Series> merged = new ArrayList<>(monotonic(sums.values()));
		this.entries.forEach((worker, entry) -> {
			if (worker.equals(newest.get(entry.slot))) {
				entry.series.values().stream().filter((series) -> !series.isAdditive()).forEach(merged::add);
			}
		});
		return new MeterBatch(this.families, merged);
	}

	/** Sums of fractions depend on their order, by the last digit. */
	private List<Series> monotonic(Collection<Series> sums) {
		Map<Series.Key, Double> now = new HashMap<>();
		List<Series> monotonic = new ArrayList<>();
		for (Series series : sums) {
			double before = this.published.getOrDefault(series.key(), 0.0);
			Series next = (series.value() < before) ? series.withValue(before) : series;
			now.put(series.key(), next.value());
			monotonic.add(next);
		}
		this.published = now;
		return monotonic;
	}

	/**
	 * Return what another table needs to continue this one.
	 * @return the series of each worker, and those of {@link #DEPARTED}
	 */
	public List<Saved> save() {
		List<Saved> saved = new ArrayList<>();
		this.entries.forEach((worker, entry) -> saved
			.add(new Saved(worker, entry.slot, new MeterBatch(this.families, List.copyOf(entry.series.values())))));
		return saved;
	}

	/** Continue another table. To be called before any other method. */
	public void restore(List<Saved> saved) {
		for (Saved worker : saved) {
			Entry entry = new Entry(worker.slot());
			this.entries.put(worker.worker(), entry);
			worker.state().families().values().forEach(this::addFamily);
			worker.state().series().forEach((series) -> store(entry, null, series));
		}
	}

	/**
	 * The state of one worker.
	 *
	 * @param worker its number, or {@link #DEPARTED}
	 * @param slot its slot
	 * @param state its series
	 */
	public record Saved(long worker, int slot, MeterBatch state) {

	}

}
