package io.unicorn.master;

import org.jspecify.annotations.Nullable;

/**
 * How many of the requests that were answered got a status of 500 or above, of the
 * workers before and of the new ones, while both could be seen.
 */
final class ErrorShare {

	/** Fewer errors than this say nothing, whatever they are a share of. */
	private static final long FEWEST = 5;

	/** How much larger than before the share may be, for chance... */
	private static final double FACTOR = 2;

	/** ... and how much may be added, because before there may have been none at all. */
	private static final double MARGIN = 0.05;

	private long requestsBefore;

	private long errorsBefore;

	private long requests;

	private long errors;

	void countBefore(long requests, long errors) {
		this.requestsBefore += requests;
		this.errorsBefore += errors;
	}

	void count(long requests, long errors) {
		this.requests += requests;
		this.errors += errors;
	}

	/**
	 * Return what is wrong, or {@code null} if the new workers do not answer with clearly
	 * more errors than the others did.
	 */
	@Nullable String verdict() {
		double before = share(this.requestsBefore, this.errorsBefore);
		if (this.errors < FEWEST || share(this.requests, this.errors) <= FACTOR * before + MARGIN) {
			return null;
		}
		return "%s of %s answers were errors (5xx), %s of %s of the workers before".formatted(
				Phrases.grouped(this.errors), Phrases.grouped(this.requests), Phrases.grouped(this.errorsBefore),
				Phrases.grouped(this.requestsBefore));
	}

	private static double share(long requests, long errors) {
		return (requests == 0) ? 0 : (double) errors / requests;
	}

}
