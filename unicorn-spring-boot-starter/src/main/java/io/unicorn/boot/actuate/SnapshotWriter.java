package io.unicorn.boot.actuate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot.UnknownDataPointSnapshot;
import io.unicorn.meters.Family;
import io.unicorn.meters.MeterBatch;
import io.unicorn.meters.Series;
import org.jspecify.annotations.Nullable;

/**
 * Turns merged series into snapshots of Prometheus. Those of a worker get the label
 * {@code worker}. A family that is of another type in another worker, such as one of
 * another version of the application, has the type of the first series. Has no state but
 * the worker's own metadata.
 */
final class SnapshotWriter {

	/** The label with the slot of a worker. */
	static final String WORKER = "worker";

	/** Takes its place where the application has a label of this name. */
	static final String OTHER_WORKER = "unicorn_worker";

	/** No number of events. */
	private static final long NO_COUNT = -1;

	private final SnapshotReader own;

	SnapshotWriter(SnapshotReader own) {
		this.own = own;
	}

	List<MetricSnapshot> write(MeterBatch batch) {
		Map<String, List<Series>> byFamily = new LinkedHashMap<>();
		batch.series().forEach((series) -> {
			List<Series> family = byFamily.computeIfAbsent(series.key().family(), (name) -> new ArrayList<>());
			if (family.isEmpty() || family.get(0).key().type() == series.key().type()) {
				family.add(series);
			}
		});
		List<MetricSnapshot> snapshots = new ArrayList<>();
		byFamily.forEach((name, series) -> {
			Family.Type type = series.get(0).key().type();
			Family known = batch.families().get(name);
			MetricSnapshot snapshot = write((known != null) ? known : new Family(name, type, ""), type, series);
			if (snapshot != null) {
				snapshots.add(snapshot);
			}
		});
		return snapshots;
	}

	/** Return {@code null} for what Prometheus' classes refuse. */
	private @Nullable MetricSnapshot write(Family family, Family.Type type, List<Series> series) {
		try {
			MetricMetadata metadata = this.own.metadata(family);
			return switch (type) {
				case COUNTER -> new CounterSnapshot(metadata, points(series, this::counter));
				case GAUGE -> new GaugeSnapshot(metadata,
						points(series, (one) -> new GaugeDataPointSnapshot(one.value(), labels(one), null)));
				case SUMMARY -> new SummarySnapshot(metadata, points(series, this::summary));
				case HISTOGRAM -> new HistogramSnapshot(metadata, points(series, this::histogram));
				case GAUGE_HISTOGRAM -> new HistogramSnapshot(true, metadata, points(series, this::histogram));
				case INFO ->
					new InfoSnapshot(metadata, points(series, (one) -> new InfoDataPointSnapshot(labels(one))));
				case UNKNOWN -> new UnknownSnapshot(metadata,
						points(series, (one) -> new UnknownDataPointSnapshot(one.value(), labels(one), null)));
			};
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	private static <T> List<T> points(List<Series> series, Function<Series, T> point) {
		return series.stream().map(point).toList();
	}

	static Labels labels(Series series) {
		List<String> parts = Series.Labels.split(series.key().labels());
		Labels labels = Labels.of(parts.toArray(String[]::new));
		if (series.isAdditive()) {
			return labels;
		}
		return labels.add(labels.contains(WORKER) ? OTHER_WORKER : WORKER, String.valueOf(series.key().slot()));
	}

	private CounterDataPointSnapshot counter(Series series) {
		Exemplars exemplars = this.own.exemplars(series.key());
		Exemplar exemplar = (exemplars.size() > 0) ? exemplars.get(0) : null;
		return new CounterDataPointSnapshot(series.value(), labels(series), exemplar, 0);
	}

	private SummaryDataPointSnapshot summary(Series series) {
		List<Quantile> quantiles = new ArrayList<>();
		long count = NO_COUNT;
		double sum = Double.NaN;
		for (int i = 0; i < series.fields().length; i++) {
			double field = series.fields()[i];
			if (field == Series.COUNT) {
				count = (long) series.values()[i];
			}
			else if (Double.isNaN(field)) {
				sum = series.values()[i];
			}
			else {
				quantiles.add(new Quantile(field, series.values()[i]));
			}
		}
		return new SummaryDataPointSnapshot(count, sum, Quantiles.of(quantiles), labels(series),
				this.own.exemplars(series.key()), 0);
	}

	private HistogramDataPointSnapshot histogram(Series series) {
		int buckets = series.fields().length - 1;
		double[] bounds = Arrays.copyOf(series.fields(), buckets);
		long[] counts = new long[buckets];
		for (int i = 0; i < buckets; i++) {
			counts[i] = (long) series.values()[i];
		}
		return new HistogramDataPointSnapshot(ClassicHistogramBuckets.of(bounds, counts), series.value(),
				labels(series), this.own.exemplars(series.key()), 0);
	}

}
