package io.unicorn.sample.soak;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link H2Load}.
 */
class H2LoadTests {

	@Test
	void requestsThatWereNeverSentAreNotLost() {
		assertThat(H2Load.read("""
				requests: 160 total, 148 started, 148 done, 148 succeeded, 12 failed, 12 errored, 0 timeout
				status codes: 148 2xx, 0 3xx, 0 4xx, 0 5xx
				""")).isEqualTo(new Http2Count(148, 148, 0, 0, 0));
	}

	@Test
	void errorsClosedStreamsAndMissingAnswersAreDistinguished() {
		assertThat(H2Load.read("""
				requests: 160 total, 100 started, 96 done, 90 succeeded, 70 failed, 66 errored, 0 timeout
				status codes: 90 2xx, 1 3xx, 0 4xx, 2 5xx
				""")).isEqualTo(new Http2Count(100, 90, 3, 3, 4));
	}

	@Test
	void noCountIsAnError() {
		assertThatIllegalStateException().isThrownBy(() -> H2Load.read("could not connect"))
			.withMessageContaining("could not connect");
	}

}
