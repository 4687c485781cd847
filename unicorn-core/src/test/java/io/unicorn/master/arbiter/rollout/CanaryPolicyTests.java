package io.unicorn.master.arbiter.rollout;

import java.time.Duration;
import java.time.Instant;

import io.unicorn.ipc.Message;
import io.unicorn.master.arbiter.pool.Worker;
import io.unicorn.master.arbiter.pool.Workers;
import io.unicorn.master.arbiter.rollout.CanaryPolicy.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class CanaryPolicyTests {

	private static final Duration OBSERVE = Duration.ofSeconds(10);

	private final Worker canary = Workers.ready(1);

	private final Instant ready = this.canary.readyAt();

	@ParameterizedTest(name = "after {0} ms: {1}")
	@CsvSource({ "0, OBSERVED", "9999, OBSERVED", "10000, PASSED" })
	void aCanaryWithoutAReadinessCheckPassesWhenTheTimeIsOver(long millis, Result result) {
		assertThat(CanaryPolicy.check(this.canary, OBSERVE, this.ready.plusMillis(millis))).isEqualTo(result);
	}

	@ParameterizedTest(name = "latest report after {0} ms, now {1} ms: {2}")
	@CsvSource({ "9500, 9999, OBSERVED", "9500, 10000, PASSED", "9000, 10000, PASSED", "8999, 10000, OBSERVED",
			"8999, 13998, OBSERVED", "8999, 13999, SILENT", "0, 9999, OBSERVED", "0, 10000, SILENT" })
	void aCanaryWithAReadinessCheckPassesWithAFreshReport(long reported, long now, Result result) {
		this.canary.health(new Message.Health(true, ""), this.ready.plusMillis(reported));
		assertThat(CanaryPolicy.check(this.canary, OBSERVE, this.ready.plusMillis(now))).isEqualTo(result);
		if (result == Result.OBSERVED) {
			assertThat(CanaryPolicy.deadlines(this.canary, OBSERVE)).anyMatch(this.ready.plusMillis(now)::isBefore);
		}
	}

	@Test
	void onlyABadReportIsUnhealthy() {
		assertThat(CanaryPolicy.unhealthy(this.canary)).isNull();
		this.canary.health(new Message.Health(false, "db is DOWN"), this.ready);
		assertThat(CanaryPolicy.unhealthy(this.canary)).isEqualTo("db is DOWN");
		this.canary.health(new Message.Health(true, ""), this.ready);
		assertThat(CanaryPolicy.unhealthy(this.canary)).isNull();
	}

}
