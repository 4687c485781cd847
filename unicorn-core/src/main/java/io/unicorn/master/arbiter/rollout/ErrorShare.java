package io.unicorn.master.arbiter.rollout;

import java.math.BigDecimal;
import java.math.RoundingMode;

import org.jspecify.annotations.Nullable;

/**
 * Compares the share of answers with status 500 or above of the new workers with that of
 * the workers before, both counted while the roll-out observes them.
 */
final class ErrorShare {

	/** Fewer errors than this are ignored, whatever their share. */
	private static final long FEWEST = 10;

	/**
	 * The probability of such a difference by chance, above which it is no reason. It is
	 * this small because a roll-out looks at each heartbeat, and each look is another
	 * chance of a false alarm. All looks together refuse about one of 7000 roll-outs of
	 * code with as many errors as before (up to 30 %), and with 0.001 one of 1100.
	 */
	private static final double SIGNIFICANCE = 0.0001;

	/** The share may be this many times the share before, */
	private static final double FACTOR = 2;

	/** plus this much, because the workers before may have had no errors at all. */
	private static final double MARGIN = 0.05;

	/**
	 * Of the requests that the workers before would have answered well, this share may
	 * become errors, however many errors these had.
	 */
	private static final double NEW_ERRORS = 1 / 3.0;

	/**
	 * What stands for workers before that have answered too little to compare with: new
	 * code that answers most requests with errors is bad then too.
	 */
	private static final Answers HALF = new Answers(1_000_000, 500_000);

	private Answers before = Answers.NONE;

	private Answers now = Answers.NONE;

	void countBefore(Answers answers) {
		this.before = this.before.plus(answers);
	}

	void count(Answers answers) {
		this.now = this.now.plus(answers);
	}

	/**
	 * Return why the new workers are bad, or {@code null} if the new workers do not
	 * answer with clearly more errors than the others did.
	 */
	@Nullable String reason() {
		double share = this.before.share();
		double tolerated = Math.min(FACTOR * share + MARGIN, share + NEW_ERRORS * (1 - share));
		if (this.now.errors() < FEWEST || this.now.share() <= tolerated) {
			return null;
		}
		double chance = Math.min(FishersExactTest.probability(this.before, this.now),
				FishersExactTest.probability(HALF, this.now));
		return (chance < SIGNIFICANCE) ? describe(chance) : null;
	}

	/**
	 * Return the numbers of a roll-out that has passed, {@code null} if no new worker has
	 * answered with an error.
	 */
	@Nullable String tolerated() {
		if (this.now.errors() == 0) {
			return null;
		}
		return describe(FishersExactTest.probability(this.before, this.now)) + ", which is tolerated";
	}

	private String describe(double chance) {
		return "%s answers were errors (5xx), %s of the workers before (more with a confidence of %s)"
			.formatted(this.now, this.before, confidence(chance));
	}

	/** Rounded down, so that it is never 100 %. */
	private static String confidence(double chance) {
		double percent = 100 - 100 * Math.max(1e-9, chance);
		return BigDecimal.valueOf(percent).setScale((chance < 0.001) ? 3 : 0, RoundingMode.DOWN).toPlainString() + " %";
	}

}
