package io.unicorn.meters;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Makes families and series for tests.
 */
final class SampleSeries {

	static final Map<String, Family> FAMILIES = Map.of("requests", new Family("requests", Family.Type.COUNTER, "Größe"),
			"seconds", new Family("seconds", Family.Type.HISTOGRAM, ""), "heap",
			new Family("heap", Family.Type.GAUGE, "Heap"));

	private SampleSeries() {
	}

	static Series.Key counterKey(String uri) {
		return new Series.Key("requests", Family.Type.COUNTER, Series.Labels.join(List.of("uri", uri)), Series.POOL);
	}

	static Series counter(String uri, double value) {
		return Series.of(counterKey(uri), value);
	}

	static Series gauge(int slot, double value) {
		return Series.of(new Series.Key("heap", Family.Type.GAUGE, "", slot), value);
	}

	static Series histogram(double[] fields, double... values) {
		return new Series(new Series.Key("seconds", Family.Type.HISTOGRAM, "", Series.POOL), fields, values);
	}

	static MeterBatch batch(Series... series) {
		return new MeterBatch(FAMILIES, List.of(series));
	}

	/** Return series of each kind, each key once, with values from 0. */
	static List<Series> random(Random random) {
		List<Series> series = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			if (random.nextBoolean()) {
				series.add(counter("/" + i, random.nextBoolean() ? random.nextInt(1000) : random.nextDouble() * 1000));
			}
		}
		double[][] layouts = { { 0.1, 1, Series.COUNT, Series.VALUE }, { 0.1, 0.5, Series.COUNT, Series.VALUE },
				{ Series.COUNT, Series.VALUE } };
		double[] fields = layouts[random.nextInt(layouts.length)];
		double[] values = new double[fields.length];
		for (int i = 0; i < values.length; i++) {
			values[i] = random.nextInt(50);
		}
		series.add(histogram(fields, values));
		series.add(gauge(0, random.nextDouble() - 0.5));
		return series;
	}

}
