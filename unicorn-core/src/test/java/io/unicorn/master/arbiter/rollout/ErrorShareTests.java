package io.unicorn.master.arbiter.rollout;

import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ErrorShareTests {

	private static final int ROLLOUTS = 1000;

	@ParameterizedTest(name = "before {1} of {0}, now {3} of {2}: bad is {4}")
	@CsvSource({ "0, 0, 0, 0, false", "1000, 0, 9, 9, false", "1000, 0, 10, 10, true", "86, 8, 14, 5, false",
			"120, 4, 20, 6, false", "30, 0, 10, 10, true", "1000, 0, 100, 10, true", "1000, 0, 200, 10, false",
			"1000, 100, 100, 25, false", "1000, 100, 100, 26, true", "100, 10, 20, 10, false",
			"1000, 100, 100, 35, true", "1000, 500, 1000, 1000, true", "1000, 300, 1000, 500, false",
			"1000, 300, 1000, 650, true", "1000, 1000, 1000, 1000, false" })
	void clearlyMoreErrorsThanBeforeAreBad(long before, long errorsBefore, long now, long errors, boolean bad) {
		assertThat(share(before, errorsBefore, now, errors).reason() != null).isEqualTo(bad);
	}

	@ParameterizedTest
	@CsvSource({ "1000000, 10000, 1000000, 70000, false", "1000000, 10000, 1000000, 70001, true",
			"1000000, 400000, 1000000, 600000, false", "1000000, 400000, 1000000, 600001, true" })
	void aSmallDifferenceOfManyAnswersIsTolerated(long before, long errorsBefore, long now, long errors, boolean bad) {
		assertThat(share(before, errorsBefore, now, errors).reason() != null).isEqualTo(bad);
	}

	@ParameterizedTest
	@CsvSource({ "0, 0, 13, 13, false", "0, 0, 14, 14, true", "1, 0, 14, 14, true", "3, 3, 20, 20, false",
			"0, 0, 100, 60, false", "0, 0, 100, 70, true" })
	void newCodeThatAnswersMostWithErrorsIsBadThoughNothingIsThereToCompare(long before, long errorsBefore, long now,
			long errors, boolean bad) {
		assertThat(share(before, errorsBefore, now, errors).reason() != null).isEqualTo(bad);
	}

	@Test
	void countsAddUpAndAreInTheReasonWithTheConfidence() {
		ErrorShare share = share(1000, 1, 10, 1);
		share.countBefore(new Answers(500, 2));
		assertThat(share.reason()).isNull();
		share.count(new Answers(1290, 1290));
		assertThat(share.reason()).isEqualTo("1291 of 1300 answers were errors (5xx), 3 of 1500 of the workers before"
				+ " (more with a confidence of 99.999 %)");
	}

	@Test
	void toleratedErrorsAreToldToo() {
		assertThat(share(86, 8, 14, 5).tolerated()).isEqualTo("5 of 14 answers were errors (5xx), 8 of 86 of the"
				+ " workers before (more with a confidence of 98 %), which is tolerated");
		assertThat(share(86, 8, 14, 0).tolerated()).isNull();
	}

	/**
	 * The roll-out looks at each heartbeat, of 1 to 4 workers with 0.2 to 200 requests a
	 * second.
	 */
	@ParameterizedTest
	@ValueSource(doubles = { 0, 0.003, 0.03, 0.1, 0.2, 0.3 })
	void equalCodeIsRefusedInFewerThanOneOfAThousandRollouts(double errors) {
		Random random = new Random(1);
		int refused = 0;
		int rollouts = 0;
		for (double rate : new double[] { 0.2, 1, 5, 20, 200 }) {
			for (int i = 0; i < ROLLOUTS; i++) {
				rollouts++;
				refused += (rollOut(random, 1 + random.nextInt(4), rate, errors, errors) >= 0) ? 1 : 0;
			}
		}
		assertThat(refused * 1000).isLessThan(rollouts);
	}

	/** Ten of them are errors, and few more are needed to tell that from chance. */
	@ParameterizedTest
	@ValueSource(doubles = { 0, 0.03, 0.1 })
	void codeThatFailsHalfOfItsRequestsIsCaughtWithinSeventyOfThem(double errorsBefore) {
		Random random = new Random(1);
		double errors = errorsBefore + (1 - errorsBefore) / 2;
		int[] needed = new int[ROLLOUTS];
		for (int i = 0; i < ROLLOUTS; i++) {
			needed[i] = rollOut(random, 2, 20, errorsBefore, errors);
		}
		Arrays.sort(needed);
		assertThat(needed[0]).as("all are caught").isPositive();
		assertThat(needed[ROLLOUTS / 2]).as("median").isLessThanOrEqualTo(30);
		assertThat(needed[ROLLOUTS * 99 / 100]).as("99 of 100").isLessThanOrEqualTo(70);
	}

	/**
	 * Observe a roll-out second by second, with the canary for 5 s, then with the other
	 * workers replaced each after 10 s, then with new workers only for 5 s.
	 * @param rate requests a second
	 * @return how many answers of the new code were needed to refuse it, -1 if it passed
	 */
	private static int rollOut(Random random, int workers, double rate, double errorsBefore, double errors) {
		ErrorShare share = new ErrorShare();
		int answered = 0;
		for (int second = 0; second < 10 + 10 * (workers - 1); second++) {
			int fresh = Math.min(workers, 1 + Math.max(0, second - 5) / 10);
			int old = (second < 5) ? workers : workers - fresh;
			for (int worker = 0; worker < fresh + old; worker++) {
				int requests = requests(random, rate / (fresh + old));
				if (worker < old) {
					share.countBefore(new Answers(requests, errors(random, requests, errorsBefore)));
				}
				else {
					answered += requests;
					share.count(new Answers(requests, errors(random, requests, errors)));
					if (share.reason() != null) {
						return answered;
					}
				}
			}
		}
		return -1;
	}

	/** Return how many requests arrive within a second, distributed as Poisson says. */
	private static int requests(Random random, double mean) {
		int requests = -1;
		for (double time = 0; time <= mean; requests++) {
			time -= Math.log(1 - random.nextDouble());
		}
		return requests;
	}

	private static int errors(Random random, int requests, double share) {
		int errors = 0;
		for (int i = 0; i < requests; i++) {
			errors += (random.nextDouble() < share) ? 1 : 0;
		}
		return errors;
	}

	private static ErrorShare share(long before, long errorsBefore, long now, long errors) {
		ErrorShare share = new ErrorShare();
		share.countBefore(new Answers(before, errorsBefore));
		share.count(new Answers(now, errors));
		return share;
	}

}
