package io.unicorn.master.arbiter.pool;

import java.time.Duration;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class LogFormatTests {

	@ParameterizedTest
	@CsvSource({ "0, 0 workers", "1, 1 worker", "2, 2 workers", "1234567, 1234567 workers", "-1, -1 workers",
			"9223372036854775807, 9223372036854775807 workers" })
	void aCountHasNoBlanksInItsNumberAndAPlural(long number, String text) {
		assertThat(LogFormat.workers(number)).isEqualTo(text);
	}

	@ParameterizedTest
	@CsvSource({ "PT0S, 0 ms", "PT1.913S, 1913 ms", "PT0.0009S, 0 ms", "PT1M, 60000 ms" })
	void aMeasuredTimeIsInMilliseconds(Duration duration, String text) {
		assertThat(LogFormat.millis(duration)).isEqualTo(text);
	}

	@ParameterizedTest
	@CsvSource({ "PT0S, 0 s", "PT0.099S, 0 s", "PT0.1S, 0.1 s", "PT0.5S, 0.5 s", "PT1S, 1 s", "PT1.05S, 1 s",
			"PT9.99S, 9.9 s", "PT10S, 10 s", "PT10.9S, 10 s", "PT119S, 119 s", "PT2M, 2 min", "PT2M1S, 2 min 1 s",
			"PT1H59M59S, 119 min 59 s", "PT2H, 2 h", "PT3H5M10S, 3 h 5 min", "PT47H59M59S, 47 h 59 min", "P2D, 2 d",
			"P2DT59M, 2 d", "P9DT5H, 9 d 5 h", "P1000D, 1000 d" })
	void aRoughTimeHasAtMostTwoUnits(Duration duration, String text) {
		assertThat(LogFormat.rough(duration)).isEqualTo(text);
	}

}
