package io.unicorn.master;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FaultLimitTests {

	private static final long START = Long.MAX_VALUE - 1000;

	private final FaultLimit faults = new FaultLimit();

	private static long at(int seconds) {
		return START + Duration.ofSeconds(seconds).toNanos();
	}

	private void count(int... seconds) {
		for (int second : seconds) {
			this.faults.count(at(second));
		}
	}

	@Test
	void severalFaultsWithinAMinuteAreTooMany() {
		count(0, 10, 20, 30);
		assertThat(this.faults.isRestartDue(at(30))).isFalse();
		count(59);
		assertThat(this.faults.isRestartDue(at(59))).isTrue();
	}

	@Test
	void faultsThatAreFarApartAreNot() {
		count(0, 20, 40, 60, 80, 100, 120, 140);
		assertThat(this.faults.isRestartDue(at(140))).isFalse();
	}

	@Test
	void anAttemptThatFailedIsRepeatedAfterAWhile() {
		count(0, 0, 0, 0, 0);
		assertThat(this.faults.isRestartDue(at(1))).isTrue();
		assertThat(this.faults.isRestartDue(at(2))).isFalse();
		assertThat(this.faults.isRestartDue(at(12))).isTrue();
		assertThat(this.faults.isRestartDue(at(70))).as("the faults are over").isFalse();
	}

}
