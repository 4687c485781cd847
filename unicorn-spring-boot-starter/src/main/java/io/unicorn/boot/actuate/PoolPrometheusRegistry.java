package io.unicorn.boot.actuate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.registry.PrometheusScrapeRequest;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.unicorn.meters.CollectedMeters;
import io.unicorn.meters.MeterBatch;
import io.unicorn.meters.MeterSource;
import io.unicorn.worker.WorkerAgent;
import org.jspecify.annotations.Nullable;

/**
 * A registry whose scrape returns the metrics of the pool. Metrics are registered as in
 * any other registry; the worker reports them to the master, which merges them.
 * Thread-safe.
 */
public final class PoolPrometheusRegistry extends PrometheusRegistry implements MeterSource {

	/** The beginning of the names of what describes the pool: it is published once. */
	private static final String POOL = "unicorn_";

	private static final MetricMetadata MISSING = new MetricMetadata("unicorn_scrape_workers_missing",
			"Number of workers that did not answer this scrape in time: their gauges are left out, "
					+ "and their counters are those of their last report");

	/** A collection waits for half a second for workers. */
	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	/** What the metrics of a collector are. */
	private enum Kind {

		/** Metrics of the pool, which each worker could publish. */
		OF_THE_POOL,

		/** Gauges and the like. */
		OF_THE_WORKER,

		/** Some are added up over workers. */
		ADDITIVE

	}

	private final @Nullable WorkerAgent agent;

	private final Supplier<Set<String>> currentSummaries;

	private final SharedQuery<CollectedMeters> query;

	private final Set<Collector> collectors = ConcurrentHashMap.newKeySet();

	private final Set<MultiCollector> multiCollectors = ConcurrentHashMap.newKeySet();

	/** As far as it is known, which it is after the first collection. */
	private final Map<Object, Kind> kinds = new ConcurrentHashMap<>();

	private final AtomicBoolean reporting = new AtomicBoolean();

	/** The last complete state of this worker. */
	private volatile SnapshotReader own = new SnapshotReader(Set.of());

	/**
	 * Create a registry.
	 * @param agent connects to the master; {@code null} for a registry as any other
	 * @param currentSummaries returns the names of summaries whose count goes down, too
	 */
	public PoolPrometheusRegistry(@Nullable WorkerAgent agent, Supplier<Set<String>> currentSummaries) {
		this.agent = agent;
		this.currentSummaries = currentSummaries;
		this.query = new SharedQuery<>(() -> (agent != null) ? agent.meters(TIMEOUT) : null, Duration.ZERO);
	}

	@Override
	public void register(Collector collector) {
		super.register(collector);
		this.collectors.add(collector);
		report();
	}

	@Override
	public void register(MultiCollector collector) {
		super.register(collector);
		this.multiCollectors.add(collector);
		report();
	}

	/** A worker without metrics has nothing to report. */
	private void report() {
		if (this.agent != null && this.reporting.compareAndSet(false, true)) {
			this.agent.reportMeters(this);
		}
	}

	@Override
	public void unregister(Collector collector) {
		super.unregister(collector);
		this.collectors.remove(collector);
		this.kinds.remove(collector);
	}

	@Override
	public void unregister(MultiCollector collector) {
		super.unregister(collector);
		this.multiCollectors.remove(collector);
		this.kinds.remove(collector);
	}

	@Override
	public void clear() {
		super.clear();
		this.collectors.clear();
		this.multiCollectors.clear();
		this.kinds.clear();
	}

	// Of this worker

	@Override
	public MeterBatch read(boolean complete) {
		SnapshotReader reader = new SnapshotReader(this.currentSummaries.get());
		for (Collector collector : this.collectors) {
			if (isWanted(collector, complete)) {
				MetricSnapshot snapshot = collector.collect();
				read(collector, (snapshot != null) ? List.of(snapshot) : List.of(), reader);
			}
		}
		for (MultiCollector collector : this.multiCollectors) {
			if (isWanted(collector, complete)) {
				read(collector, collector.collect(), reader);
			}
		}
		if (complete) {
			this.own = reader;
		}
		return reader.batch();
	}

	private boolean isWanted(Object collector, boolean complete) {
		Kind kind = this.kinds.get(collector);
		return kind == null || kind == Kind.ADDITIVE || (complete && kind == Kind.OF_THE_WORKER);
	}

	private void read(Object collector, Iterable<MetricSnapshot> snapshots, SnapshotReader reader) {
		Kind kind = null;
		for (MetricSnapshot snapshot : snapshots) {
			if (isOfThePool(snapshot)) {
				kind = Kind.OF_THE_POOL;
				break;
			}
			kind = (kind == Kind.ADDITIVE || SnapshotReader.isAdditive(snapshot)) ? Kind.ADDITIVE : Kind.OF_THE_WORKER;
			reader.add(snapshot);
		}
		if (kind != null) {
			this.kinds.put(collector, kind);
		}
	}

	private static boolean isOfThePool(MetricSnapshot snapshot) {
		return snapshot.getMetadata().getPrometheusName().startsWith(POOL);
	}

	// Of the pool

	@Override
	public MetricSnapshots scrape() {
		return (this.agent != null) ? new MetricSnapshots(pool()) : super.scrape();
	}

	@Override
	public MetricSnapshots scrape(@Nullable PrometheusScrapeRequest request) {
		return (this.agent != null) ? scrape() : super.scrape(request);
	}

	@Override
	public MetricSnapshots scrape(@Nullable Predicate<String> includedNames) {
		return scrape(includedNames, null);
	}

	@Override
	public MetricSnapshots scrape(@Nullable Predicate<String> includedNames,
			@Nullable PrometheusScrapeRequest request) {
		if (includedNames == null) {
			return scrape(request);
		}
		if (this.agent == null) {
			return super.scrape(includedNames, request);
		}
		return new MetricSnapshots(pool().stream().filter((snapshot) -> isIncluded(snapshot, includedNames)).toList());
	}

	private static boolean isIncluded(MetricSnapshot snapshot, Predicate<String> includedNames) {
		MetricMetadata metadata = snapshot.getMetadata();
		return includedNames.test(metadata.getPrometheusName())
				|| includedNames.test(metadata.getExpositionBasePrometheusName());
	}

	/**
	 * Return the metrics of the pool. Those of this worker alone would look as if all
	 * counters had begun anew, so there are none without the master.
	 */
	private List<MetricSnapshot> pool() {
		CollectedMeters collected = this.query.answer();
		if (collected == null) {
			throw new IllegalStateException("the master does not answer, so the metrics of the pool are unknown");
		}
		List<MetricSnapshot> snapshots = new ArrayList<>(new SnapshotWriter(this.own).write(collected.batch()));
		this.collectors.stream().filter(this::isOfThePool).map(Collector::collect).forEach(snapshots::add);
		this.multiCollectors.stream()
			.filter(this::isOfThePool)
			.forEach((collector) -> collector.collect().forEach(snapshots::add));
		snapshots.add(new GaugeSnapshot(MISSING,
				List.of(new GaugeDataPointSnapshot(collected.missing().size(), Labels.EMPTY, null))));
		return snapshots;
	}

	private boolean isOfThePool(Object collector) {
		return this.kinds.get(collector) == Kind.OF_THE_POOL;
	}

}
