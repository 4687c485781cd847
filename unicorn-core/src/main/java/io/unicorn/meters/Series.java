package io.unicorn.meters;

import java.util.Arrays;
import java.util.List;

/**
 * The present values of one series. Immutable: the arrays must not be changed.
 * <p>
 * Each value has a field. {@link #VALUE} is the one value of a counter or gauge, and the
 * sum of a summary or histogram. Any other field of a histogram is the upper bound of a
 * bucket, whose value is the number of events in this bucket alone; so is {@link #COUNT},
 * the only bucket of a summary. The other fields of a summary are quantiles.
 *
 * @param key identifies the series
 * @param fields in ascending order of {@link Double#compare}, each at most once; none if
 * the series is gone
 * @param values one for each field
 */
@SuppressWarnings("ArrayRecordComponent") // Its equality is that of their contents.
public record Series(Key key, double[] fields, double[] values) {

	/** The field of a value or sum. It is the last one. */
	public static final double VALUE = Double.NaN;

	/** The field of the number of events, and of the last bucket. */
	public static final double COUNT = Double.POSITIVE_INFINITY;

	/** The slot of series that are added up over all workers. */
	public static final int POOL = -1;

	private static final double[] NOTHING = {};

	/**
	 * Identifies a series.
	 *
	 * @param family the name of its family
	 * @param type the type of its family
	 * @param labels names and values of its labels, as {@link Labels} joins them
	 * @param slot the worker that it describes, {@link #POOL} if it is added up
	 */
	public record Key(String family, Family.Type type, String labels, int slot) {

		/** Return the key of the same series of another worker, or of all. */
		public Key of(int worker) {
			return (worker == this.slot) ? this : new Key(this.family, this.type, this.labels, worker);
		}

	}

	public Series {
		if (fields.length != values.length) {
			throw new IllegalArgumentException(
					"there must be a value for each field but there are " + values.length + " for " + fields.length);
		}
	}

	/** Create a series with the field {@link #VALUE} alone. */
	public static Series of(Key key, double value) {
		return new Series(key, new double[] { VALUE }, new double[] { value });
	}

	/** Return what says that a series is gone. */
	static Series gone(Key key) {
		return new Series(key, NOTHING, NOTHING);
	}

	boolean isGone() {
		return this.fields.length == 0;
	}

	/** Whether the series is added up over all workers, also those that have exited. */
	public boolean isAdditive() {
		return this.key.slot() == POOL;
	}

	@Override
	public boolean equals(Object object) {
		return object instanceof Series other && this.key.equals(other.key) && Arrays.equals(this.values, other.values)
				&& Arrays.equals(this.fields, other.fields);
	}

	@Override
	public int hashCode() {
		return this.key.hashCode() + 31 * Arrays.hashCode(this.values);
	}

	@Override
	public String toString() {
		return this.key + " " + Arrays.toString(this.fields) + " " + Arrays.toString(this.values);
	}

	/**
	 * Whether this series has begun anew since an earlier state of it, because the number
	 * of its events is lower. A sum may be lower, because of negative amounts.
	 */
	boolean hasBegunAnew(Series before) {
		return isValueAlone() ? value() < before.value() : count() < before.count();
	}

	private boolean isValueAlone() {
		return this.fields.length == 1 && Double.isNaN(this.fields[0]);
	}

	/** Return the value of the field {@link #VALUE}, 0 if there is none. */
	public double value() {
		int last = this.fields.length - 1;
		return (last >= 0 && Double.isNaN(this.fields[last])) ? this.values[last] : 0;
	}

	/** Return the number of events: the sum of all fields but {@link #VALUE}. */
	public double count() {
		double count = 0;
		for (int i = 0; i < this.fields.length && !Double.isNaN(this.fields[i]); i++) {
			count += this.values[i];
		}
		return count;
	}

	/** Whether all values are numbers, so that they can be added up. */
	boolean isFinite() {
		return Arrays.stream(this.values).allMatch(Double::isFinite);
	}

	/**
	 * Return this series with another value of the field {@link #VALUE}, if it has it.
	 */
	Series withValue(double value) {
		if (!Double.isNaN(this.fields[this.fields.length - 1])) {
			return this;
		}
		double[] changed = this.values.clone();
		changed[changed.length - 1] = value;
		return new Series(this.key, this.fields, changed);
	}

	/** Return this series with an equal key and maybe equal fields that exist already. */
	Series sharing(Key existing, double[] maybeEqual) {
		return new Series(existing, Arrays.equals(this.fields, maybeEqual) ? maybeEqual : this.fields, this.values);
	}

	/** Return the same values as a series of this worker. */
	Series of(int worker) {
		return new Series(this.key.of(worker), this.fields, this.values);
	}

	/**
	 * Return the sum of this series and another one. They may have different fields, such
	 * as buckets of different versions of an application.
	 */
	Series plus(Series other) {
		if (!Arrays.equals(this.fields, other.fields)) {
			return merge(other);
		}
		double[] sum = this.values.clone();
		for (int i = 0; i < sum.length; i++) {
			sum[i] += other.values[i];
		}
		return new Series(this.key, this.fields, sum);
	}

	private Series merge(Series other) {
		double[] allFields = new double[this.fields.length + other.fields.length];
		double[] sums = new double[allFields.length];
		int size = 0;
		int mine = 0;
		int theirs = 0;
		while (mine < this.fields.length || theirs < other.fields.length) {
			int order = (mine == this.fields.length) ? 1
					: (theirs == other.fields.length) ? -1 : Double.compare(this.fields[mine], other.fields[theirs]);
			allFields[size] = (order <= 0) ? this.fields[mine] : other.fields[theirs];
			sums[size] = ((order <= 0) ? this.values[mine] : 0) + ((order >= 0) ? other.values[theirs] : 0);
			mine += (order <= 0) ? 1 : 0;
			theirs += (order >= 0) ? 1 : 0;
			size++;
		}
		return new Series(this.key, Arrays.copyOf(allFields, size), Arrays.copyOf(sums, size));
	}

	/** Joins the labels of a series, so that the master needs one text for all. */
	public static final class Labels {

		private static final char END = '\0';

		private Labels() {
		}

		/**
		 * Return names and values as one text.
		 * @param namesAndValues a name, its value, the next name; in the same order in
		 * all workers
		 */
		public static String join(List<String> namesAndValues) {
			StringBuilder text = new StringBuilder();
			namesAndValues.forEach((part) -> text.append(part.replace(END, ' ')).append(END));
			return text.toString();
		}

		/** Return what was {@linkplain #join joined}. */
		public static List<String> split(String text) {
			List<String> parts = Arrays.asList(text.split("\0", -1));
			return parts.subList(0, parts.size() - 1);
		}

	}

}
