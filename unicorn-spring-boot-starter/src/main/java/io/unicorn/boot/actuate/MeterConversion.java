package io.unicorn.boot.actuate;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.NamingConvention;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DistributionDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;

/**
 * Turns metrics of Prometheus back into meters, with the names and tags that the
 * application has given them. A metric that only other workers have gets the name that it
 * has in Prometheus, with dots.
 */
final class MeterConversion {

	private static final String MAX = "_max";

	private static final String TOTAL = "_total";

	private final NamingConvention convention;

	/** The meters of this worker, by the name that Prometheus has for them. */
	private final Map<String, Meter.Id> known = new HashMap<>();

	private final Map<String, String> tagKeys = new HashMap<>();

	private final Map<String, Meter.Id> ids = new HashMap<>();

	private final Map<String, Map<Map<String, String>, Map<Statistic, Double>>> meters = new LinkedHashMap<>();

	/**
	 * Create.
	 * @param own the meters of this worker, which have both names
	 */
	MeterConversion(MeterRegistry own) {
		this.convention = own.config().namingConvention();
		for (Meter meter : own.getMeters()) {
			Meter.Id id = meter.getId();
			this.known.putIfAbsent(plain(id.getConventionName(this.convention)), id);
			id.getTags().forEach((tag) -> this.tagKeys.putIfAbsent(this.convention.tagKey(tag.getKey()), tag.getKey()));
		}
	}

	private static String plain(String name) {
		return name.endsWith(TOTAL) ? name.substring(0, name.length() - TOTAL.length()) : name;
	}

	/**
	 * Return a registry with the meters.
	 */
	MeterRegistry convert(Iterable<MetricSnapshot> snapshots) {
		snapshots.forEach(this::add);
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		this.meters.forEach((name, byTags) -> byTags.forEach((tags, values) -> {
			Meter.Id id = this.ids.get(name);
			List<Measurement> measurements = new ArrayList<>();
			values.forEach((statistic, value) -> measurements.add(new Measurement(() -> value, statistic)));
			var unused = Meter.builder(name, Meter.Type.OTHER, measurements)
				.tags(tags.entrySet().stream().map((tag) -> Tag.of(tag.getKey(), tag.getValue())).toList())
				.description((id != null) ? id.getDescription() : null)
				.baseUnit((id != null) ? id.getBaseUnit() : null)
				.register(registry);
		}));
		return registry;
	}

	private void add(MetricSnapshot snapshot) {
		String name = plain(snapshot.getMetadata().getPrometheusName());
		if (snapshot instanceof CounterSnapshot counter) {
			counter.getDataPoints().forEach((point) -> add(name, point, Statistic.COUNT, point.getValue()));
		}
		else if (snapshot instanceof GaugeSnapshot gauge) {
			gauge.getDataPoints().forEach((point) -> addGauge(name, point, point.getValue()));
		}
		else if (snapshot instanceof UnknownSnapshot unknown) {
			unknown.getDataPoints().forEach((point) -> add(name, point, Statistic.UNKNOWN, point.getValue()));
		}
		else if (snapshot instanceof SummarySnapshot summary) {
			summary.getDataPoints().forEach((point) -> addDistribution(name, point));
		}
		else if (snapshot instanceof HistogramSnapshot histogram) {
			histogram.getDataPoints().forEach((point) -> addDistribution(name, point));
		}
	}

	/** The greatest value of a timer is a gauge of its own in Prometheus. */
	private void addGauge(String name, DataPointSnapshot point, double value) {
		String timer = name.endsWith(MAX) ? name.substring(0, name.length() - MAX.length()) : name;
		if (timer.equals(name) || this.known.containsKey(name) || !this.known.containsKey(timer)) {
			add(name, point, Statistic.VALUE, value);
			return;
		}
		Map<String, String> tags = tags(point);
		tags.remove(SnapshotWriter.WORKER);
		values(timer, tags).merge(Statistic.MAX, value, Math::max);
	}

	private void addDistribution(String name, DistributionDataPointSnapshot point) {
		Meter.Id id = this.known.get(name);
		Meter.Type type = (id != null) ? id.getType() : Meter.Type.TIMER;
		boolean tasks = type == Meter.Type.LONG_TASK_TIMER;
		if (point.hasCount()) {
			add(name, point, tasks ? Statistic.ACTIVE_TASKS : Statistic.COUNT, (double) point.getCount());
		}
		if (point.hasSum()) {
			add(name, point,
					tasks ? Statistic.DURATION
							: (type == Meter.Type.DISTRIBUTION_SUMMARY) ? Statistic.TOTAL : Statistic.TOTAL_TIME,
					point.getSum());
		}
	}

	private void add(String name, DataPointSnapshot point, Statistic statistic, double value) {
		values(name, tags(point)).put(statistic, value);
	}

	private Map<Statistic, Double> values(String name, Map<String, String> tags) {
		Meter.Id id = this.known.get(name);
		String original = (id != null) ? id.getName() : name.replace('_', '.');
		if (id != null) {
			this.ids.putIfAbsent(original, id);
		}
		return this.meters.computeIfAbsent(original, (key) -> new LinkedHashMap<>())
			.computeIfAbsent(tags, (key) -> new EnumMap<>(Statistic.class));
	}

	private Map<String, String> tags(DataPointSnapshot point) {
		Map<String, String> tags = new TreeMap<>();
		for (Label label : point.getLabels()) {
			tags.put(this.tagKeys.getOrDefault(label.getName(), label.getName()), label.getValue());
		}
		return tags;
	}

}
