package io.unicorn.boot.actuate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.unicorn.meters.Family;
import io.unicorn.meters.MeterBatch;
import io.unicorn.meters.Series;

/**
 * Turns snapshots of Prometheus into series that can be merged. Counters, histograms, and
 * the count and sum of summaries are added up over workers; all else is a worker's own.
 * Keeps what does not travel: metadata and exemplars. Not thread-safe until it is
 * complete.
 */
final class SnapshotReader {

	/** The slot of a worker's own series; the master knows the true one. */
	private static final int OWN = 0;

	/** Summaries of what there is now, whose count goes up and down. */
	private final Set<String> current;

	private final Map<String, Family> families = new HashMap<>();

	private final List<Series> series = new ArrayList<>();

	private final Map<String, MetricMetadata> metadata = new HashMap<>();

	private final Map<Series.Key, Exemplars> exemplars = new HashMap<>();

	/**
	 * Create.
	 * @param current names of summaries that are no totals, such as those of long tasks
	 */
	SnapshotReader(Set<String> current) {
		this.current = current;
	}

	MeterBatch batch() {
		return new MeterBatch(this.families, this.series);
	}

	/** Return the metadata of a metric of this worker, or that of another worker's. */
	MetricMetadata metadata(Family family) {
		MetricMetadata own = this.metadata.get(family.name());
		return (own != null) ? own : new MetricMetadata(family.name(), family.help());
	}

	/** Return the exemplars of this worker. */
	Exemplars exemplars(Series.Key key) {
		return this.exemplars.getOrDefault(key, Exemplars.EMPTY);
	}

	/** Whether a snapshot has values that are added up. */
	static boolean isAdditive(MetricSnapshot snapshot) {
		return snapshot instanceof CounterSnapshot || snapshot instanceof SummarySnapshot
				|| (snapshot instanceof HistogramSnapshot histogram && !histogram.isGaugeHistogram());
	}

	void add(MetricSnapshot snapshot) {
		Family family = new Family(snapshot.getMetadata().getName(), type(snapshot), help(snapshot));
		this.families.put(family.name(), family);
		this.metadata.put(family.name(), snapshot.getMetadata());
		snapshot.getDataPoints().forEach((point) -> add(family, point));
	}

	private static String help(MetricSnapshot snapshot) {
		String help = snapshot.getMetadata().getHelp();
		return (help != null) ? help : "";
	}

	private static Family.Type type(MetricSnapshot snapshot) {
		if (snapshot instanceof CounterSnapshot) {
			return Family.Type.COUNTER;
		}
		if (snapshot instanceof SummarySnapshot) {
			return Family.Type.SUMMARY;
		}
		if (snapshot instanceof HistogramSnapshot histogram) {
			return histogram.isGaugeHistogram() ? Family.Type.GAUGE_HISTOGRAM : Family.Type.HISTOGRAM;
		}
		if (snapshot instanceof InfoSnapshot) {
			return Family.Type.INFO;
		}
		return (snapshot instanceof UnknownSnapshot) ? Family.Type.UNKNOWN : Family.Type.GAUGE;
	}

	private void add(Family family, DataPointSnapshot point) {
		List<String> labels = labels(point);
		if (point instanceof CounterSnapshot.CounterDataPointSnapshot counter) {
			Series.Key key = key(family, labels, Series.POOL);
			this.series.add(Series.of(key, counter.getValue()));
			Exemplar exemplar = counter.getExemplar();
			if (exemplar != null) {
				this.exemplars.put(key, Exemplars.of(exemplar));
			}
		}
		else if (point instanceof SummaryDataPointSnapshot summary) {
			add(family, labels, summary);
		}
		else if (point instanceof HistogramDataPointSnapshot histogram) {
			int slot = (family.type() == Family.Type.HISTOGRAM) ? Series.POOL : OWN;
			Series.Key key = key(family, labels, slot);
			this.series.add(histogram(key, histogram));
			this.exemplars.put(key, histogram.getExemplars());
		}
		else if (point instanceof GaugeSnapshot.GaugeDataPointSnapshot gauge) {
			this.series.add(Series.of(key(family, labels, OWN), gauge.getValue()));
		}
		else if (point instanceof UnknownSnapshot.UnknownDataPointSnapshot unknown) {
			this.series.add(Series.of(key(family, labels, OWN), unknown.getValue()));
		}
		else if (point instanceof InfoSnapshot.InfoDataPointSnapshot) {
			this.series.add(Series.of(key(family, labels, OWN), 1));
		}
		else if (point instanceof StateSetSnapshot.StateSetDataPointSnapshot states) {
			states.forEach((state) -> {
				List<String> all = new ArrayList<>(labels);
				all.add(family.name());
				all.add(state.getName());
				this.series.add(Series.of(key(family, all, OWN), state.isTrue() ? 1 : 0));
			});
		}
	}

	private static List<String> labels(DataPointSnapshot point) {
		List<String> labels = new ArrayList<>(2 * point.getLabels().size());
		for (Label label : point.getLabels()) {
			labels.add(label.getName());
			labels.add(label.getValue());
		}
		return labels;
	}

	private static Series.Key key(Family family, List<String> labels, int slot) {
		return new Series.Key(family.name(), family.type(), Series.Labels.join(labels), slot);
	}

	private void add(Family family, List<String> labels, SummaryDataPointSnapshot summary) {
		Series.Key key = key(family, labels, this.current.contains(family.name()) ? OWN : Series.POOL);
		this.series.add(new Series(key, new double[] { Series.COUNT, Series.VALUE },
				new double[] { summary.hasCount() ? summary.getCount() : 0, summary.hasSum() ? summary.getSum() : 0 }));
		this.exemplars.put(key, summary.getExemplars());
		int size = summary.getQuantiles().size();
		if (size > 0 && key.slot() == Series.POOL) {
			double[] fields = new double[size];
			double[] values = new double[size];
			int i = 0;
			for (Quantile quantile : summary.getQuantiles()) {
				fields[i] = quantile.getQuantile();
				values[i++] = quantile.getValue();
			}
			this.series.add(new Series(key.of(OWN), fields, values));
		}
	}

	/** Of a native histogram, only the count and the sum can be merged. */
	private static Series histogram(Series.Key key, HistogramDataPointSnapshot histogram) {
		double sum = histogram.hasSum() ? histogram.getSum() : 0;
		if (!histogram.hasClassicHistogramData()) {
			return new Series(key, new double[] { Series.COUNT, Series.VALUE },
					new double[] { histogram.getCount(), sum });
		}
		ClassicHistogramBuckets buckets = histogram.getClassicBuckets();
		double[] fields = new double[buckets.size() + 1];
		double[] values = new double[fields.length];
		for (int i = 0; i < buckets.size(); i++) {
			fields[i] = buckets.getUpperBound(i);
			values[i] = buckets.getCount(i);
		}
		fields[buckets.size()] = Series.VALUE;
		values[buckets.size()] = sum;
		return new Series(key, fields, values);
	}

}
