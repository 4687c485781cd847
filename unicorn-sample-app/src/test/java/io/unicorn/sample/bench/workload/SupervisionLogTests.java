package io.unicorn.sample.bench.workload;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SupervisionLog}.
 */
class SupervisionLogTests {

	private static final String LOG = """
			2026-11-21T15:00:00.100Z ERROR 7 --- [sample] [         master] io.unicorn.master.Master                 : worker 3 (pid 44) exited: killed by signal 9 (SIGKILL) after 12 s; respawning at once
			2026-11-21T15:00:00.112Z  INFO 7 --- [sample] [         master] io.unicorn.master.Master                 : worker 3 (pid 55) spawned
			2026-11-21T15:00:01.000Z  INFO 44 --- [sample] [main] com.example.Application : worker 3 (pid 1) ready in 1 ms
			2026-11-21T15:00:02.025Z  INFO 7 --- [sample] [         master] io.unicorn.master.Master                 : worker 3 (pid 55) ready in 1913 ms
			""";

	@Test
	void theReplacementOfAWorkerIsRead() {
		assertThat(SupervisionLog.of(LOG, 44)).isEqualTo(new SupervisionLog(Instant.parse("2026-11-21T15:00:00.100Z"),
				Instant.parse("2026-11-21T15:00:00.112Z"), Duration.ofMillis(1913)));
	}

	@Test
	void anUnknownWorkerIsAnError() {
		assertThatIllegalArgumentException().isThrownBy(() -> SupervisionLog.of(LOG, 4));
	}

	@Test
	void onlyLinesOfTheMasterCount() {
		assertThat(SupervisionLog.workers(LOG)).containsExactly(55L);
	}

}
