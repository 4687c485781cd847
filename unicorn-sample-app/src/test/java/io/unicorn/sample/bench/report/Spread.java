package io.unicorn.sample.bench.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Median and extremes of several measurements.
 *
 * @param median the median, the mean of the middle two if their number is even
 * @param min the least
 * @param max the greatest
 * @param count how many there are
 */
public record Spread(double median, double min, double max, int count) {

	/**
	 * Sum up measurements.
	 * @throws IllegalArgumentException if there is none, or one that is no number
	 */
	public static Spread of(List<Double> values) {
		if (values.isEmpty()) {
			throw new IllegalArgumentException("nothing was measured");
		}
		if (values.stream().anyMatch((value) -> value.isNaN() || value.isInfinite())) {
			throw new IllegalArgumentException("not a number among " + values);
		}
		List<Double> sorted = values.stream().sorted().toList();
		int middle = sorted.size() / 2;
		double median = (sorted.size() % 2 == 1) ? sorted.get(middle)
				: (sorted.get(middle - 1) + sorted.get(middle)) / 2;
		return new Spread(median, sorted.get(0), sorted.get(sorted.size() - 1), sorted.size());
	}

	/**
	 * Return the ratios of two series round by round: in one round the machine most
	 * likely affects both equally.
	 * @param values what is compared
	 * @param base what it is compared with, in the same rounds
	 */
	public static List<Double> ratios(List<Double> values, List<Double> base) {
		List<Double> ratios = new ArrayList<>();
		for (int i = 0; i < Math.min(values.size(), base.size()); i++) {
			ratios.add(values.get(i) / base.get(i));
		}
		return List.copyOf(ratios);
	}

}
