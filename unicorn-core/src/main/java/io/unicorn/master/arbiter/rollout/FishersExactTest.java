package io.unicorn.master.arbiter.rollout;

/**
 * Fisher's exact test, one-sided: how likely the errors of two groups of answers would
 * fall on the second group as they did, or more so, if both had the same share of errors.
 * It holds for samples of any size.
 */
final class FishersExactTest {

	/** A term this much smaller than the sum before does not change it. */
	private static final double NEGLIGIBLE = 1e-12;

	private FishersExactTest() {
	}

	/** Return the probability, from 0 to 1. */
	static double probability(Answers before, Answers now) {
		if (now.errors() == 0 || before.errors() == before.requests()) {
			return 1;
		}
		if (now.share() > before.share()) {
			return tail(before, now);
		}
		// The opposite is the shorter tail: more errors of the group before.
		return 1 - tail(new Answers(now.requests(), now.errors() - 1),
				new Answers(before.requests(), before.errors() + 1));
	}

	private static double tail(Answers before, Answers now) {
		long all = before.requests() + now.requests();
		long errors = before.errors() + now.errors();
		double term = Math.exp(lnChoose(now.requests(), now.errors()) + lnChoose(before.requests(), before.errors())
				- lnChoose(all, errors));
		double sum = term;
		// The terms of the hypergeometric distribution, each from the one before.
		long most = Math.min(errors, now.requests());
		for (long k = now.errors(); k < most; k++) {
			double ratio = (double) (now.requests() - k) / (k + 1) * (errors - k)
					/ (before.requests() - errors + k + 1);
			term *= ratio;
			sum += term;
			if (term <= NEGLIGIBLE * sum) {
				break;
			}
		}
		return Math.min(1, sum);
	}

	private static double lnChoose(long n, long k) {
		return lnFactorial(n) - lnFactorial(k) - lnFactorial(n - k);
	}

	/** Stirling's series; its error from 10 on is below 1e-10. */
	static double lnFactorial(long n) {
		if (n < 10) {
			double product = 1;
			for (long factor = 2; factor <= n; factor++) {
				product *= factor;
			}
			return Math.log(product);
		}
		double x = n;
		double series = (1 / 12.0 - (1 / 360.0 - 1 / (1260 * x * x)) / (x * x)) / x;
		return x * Math.log(x) - x + Math.log(2 * Math.PI * x) / 2 + series;
	}

}
