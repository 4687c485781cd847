package io.unicorn.master;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ErrorShareTests {

	@ParameterizedTest(name = "before {1} of {0}, now {3} of {2}: bad is {4}")
	@CsvSource({ "0, 0, 0, 0, false", "1000, 0, 4, 4, false", "1000, 0, 5, 5, true", "0, 0, 5, 5, true",
			"1000, 0, 100, 5, false", "1000, 0, 99, 5, true", "1000, 100, 1000, 250, false",
			"1000, 100, 1000, 251, true", "1000, 500, 1000, 1000, false", "1000, 1000, 1000, 1000, false",
			"1000, 10, 1000000, 70000, false", "1000, 10, 1000000, 70001, true" })
	void clearlyMoreErrorsThanBeforeAreBad(long before, long errorsBefore, long now, long errors, boolean bad) {
		ErrorShare share = new ErrorShare();
		share.countBefore(before, errorsBefore);
		share.count(now, errors);
		assertThat(share.verdict() != null).isEqualTo(bad);
	}

	@Test
	void countsAddUpAndAreTold() {
		ErrorShare share = new ErrorShare();
		share.countBefore(1000, 1);
		share.countBefore(500, 2);
		share.count(10, 1);
		assertThat(share.verdict()).isNull();
		share.count(1290, 1299);
		assertThat(share.verdict())
			.isEqualTo("1 300 of 1 300 answers were errors (5xx), 3 of 1 500 of the workers before");
	}

}
