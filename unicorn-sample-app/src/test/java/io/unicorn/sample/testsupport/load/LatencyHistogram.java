package io.unicorn.sample.testsupport.load;

import java.time.Duration;

/**
 * Counts latencies in buckets that are about three per cent wide, so that a client needs
 * a few kilobytes however many requests it sends. Not thread-safe.
 */
public final class LatencyHistogram {

	/**
	 * Each power of two is divided into this many buckets.
	 */
	private static final int STEPS_BITS = 5;

	private static final int STEPS = 1 << STEPS_BITS;

	private final long[] counts = new long[(Long.SIZE - STEPS_BITS) * STEPS];

	private long total;

	private long maxMicros;

	/**
	 * Count a latency.
	 * @param nanos the latency in nanoseconds
	 */
	public void record(long nanos) {
		long micros = Math.max(0, nanos / 1000);
		this.counts[bucket(micros)]++;
		this.total++;
		this.maxMicros = Math.max(this.maxMicros, micros);
	}

	/**
	 * Add the counts of another histogram.
	 * @param other the other histogram
	 */
	public void add(LatencyHistogram other) {
		for (int i = 0; i < this.counts.length; i++) {
			this.counts[i] += other.counts[i];
		}
		this.total += other.total;
		this.maxMicros = Math.max(this.maxMicros, other.maxMicros);
	}

	/**
	 * How many latencies were counted.
	 * @return the number of latencies
	 */
	public long total() {
		return this.total;
	}

	Duration max() {
		return micros(this.maxMicros);
	}

	/**
	 * The latency that the given share of all requests did not exceed, rounded up to its
	 * bucket's end.
	 * @param share the share, from 0 to 1
	 * @return the latency, zero if none was counted
	 */
	public Duration quantile(double share) {
		long wanted = (long) Math.ceil(this.total * share);
		long seen = 0;
		for (int i = 0; i < this.counts.length; i++) {
			seen += this.counts[i];
			if (seen >= wanted && seen > 0) {
				return micros(Math.min(this.maxMicros, last(i)));
			}
		}
		return Duration.ZERO;
	}

	private static int bucket(long micros) {
		int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(micros) - STEPS_BITS - 1);
		return shift * STEPS + (int) (micros >>> shift);
	}

	private static long last(int bucket) {
		int shift = Math.max(0, bucket / STEPS - 1);
		long step = bucket - (long) shift * STEPS;
		return ((step + 1) << shift) - 1;
	}

	private static Duration micros(long micros) {
		return Duration.ofNanos(micros * 1000);
	}

}
