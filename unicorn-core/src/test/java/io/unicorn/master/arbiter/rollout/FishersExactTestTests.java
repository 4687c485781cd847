package io.unicorn.master.arbiter.rollout;

import java.math.BigInteger;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class FishersExactTestTests {

	/**
	 * Fisher's lady tasting tea (The Design of Experiments, 1935) with four and three
	 * cups right, his table of convictions of twins (Statistical Methods for Research
	 * Workers, table 31), and the students of Wikipedia's article.
	 */
	@ParameterizedTest(name = "{1} of {0}, then {3} of {2}: {4}")
	@CsvSource({ "4, 0, 4, 4, 0.0142857143", "4, 1, 4, 3, 0.2428571429", "17, 2, 13, 10, 0.0004651809",
			"12, 1, 12, 9, 0.0013797280" })
	void publishedTables(long before, long errorsBefore, long now, long errors, double probability) {
		assertThat(probability(before, errorsBefore, now, errors)).isCloseTo(probability, within(1e-10));
	}

	@Test
	void equalsTheSumOfExactFractions() {
		Random random = new Random(1);
		for (int i = 0; i < 2000; i++) {
			int before = random.nextInt(40);
			int now = random.nextInt(40);
			int errorsBefore = random.nextInt(before + 1);
			int errors = random.nextInt(now + 1);
			assertThat(probability(before, errorsBefore, now, errors))
				.as("%d of %d, then %d of %d", errorsBefore, before, errors, now)
				.isCloseTo(exact(before, errorsBefore, now, errors), within(1e-9));
		}
	}

	private static double exact(int before, int errorsBefore, int now, int errors) {
		int all = errorsBefore + errors;
		BigInteger sum = BigInteger.ZERO;
		for (int k = errors; k <= Math.min(all, now); k++) {
			sum = sum.add(choose(now, k).multiply(choose(before, all - k)));
		}
		return sum.doubleValue() / choose(before + now, all).doubleValue();
	}

	private static BigInteger choose(int n, int k) {
		BigInteger result = BigInteger.ONE;
		for (int i = 0; i < k; i++) {
			result = result.multiply(BigInteger.valueOf(n - i)).divide(BigInteger.valueOf(i + 1));
		}
		return result;
	}

	@ParameterizedTest
	@CsvSource({ "0, 0, 0, 0", "0, 0, 100, 100", "100, 100, 0, 0", "100, 0, 0, 0", "0, 0, 1000000000, 1000000000" })
	void withoutAnythingToCompareItIsCertain(long before, long errorsBefore, long now, long errors) {
		assertThat(probability(before, errorsBefore, now, errors)).isCloseTo(1, within(1e-3));
	}

	@Test
	void countsThatNoPoolReachesAreTestedToo() {
		long huge = Long.MAX_VALUE;
		assertThat(probability(huge, huge / 100, huge, huge / 10)).isZero();
		assertThat(probability(huge, huge / 10, huge, huge / 100)).isCloseTo(1, within(1e-3));
		assertThat(probability(huge, huge / 2, huge, huge / 2)).isBetween(0.4, 0.6);
	}

	@Test
	void factorials() {
		double ln = 0;
		for (int n = 0; n < 1000; n++) {
			ln += Math.log(Math.max(1, n));
			assertThat(FishersExactTest.lnFactorial(n)).isCloseTo(ln, within(1e-9));
		}
	}

	private static double probability(long before, long errorsBefore, long now, long errors) {
		return FishersExactTest.probability(new Answers(before, errorsBefore), new Answers(now, errors));
	}

}
