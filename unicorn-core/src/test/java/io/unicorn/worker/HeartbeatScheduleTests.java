package io.unicorn.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.ipc.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class HeartbeatScheduleTests {

	private static final Message.Heartbeat IDLE = new Message.Heartbeat(10, 0, 0, 2, 1000, 1);

	private final HeartbeatSchedule schedule = new HeartbeatSchedule(Duration.ofSeconds(30), Duration.ofSeconds(6));

	/** Return the numbers of the intervals, from 0, at which the heartbeat is due. */
	private List<Integer> due(Message.Heartbeat heartbeat, int intervals) {
		List<Integer> due = new ArrayList<>();
		for (int i = 0; i < intervals; i++) {
			if (this.schedule.isDue(heartbeat)) {
				due.add(i);
			}
		}
		return due;
	}

	@ParameterizedTest(name = "timeout {0}, silence {1}: every {2}")
	@CsvSource({ "PT30S, PT6S, PT1S", "PT0S, PT10S, PT1S", "PT1S, PT0.2S, PT0.2S", "PT0.1S, PT0.02S, PT0.05S",
			"PT30S, PT0.4S, PT0.4S", "PT30S, PT0S, PT1S" })
	void theIntervalIsASecondAndLessIfTheTimeoutIsShort(Duration timeout, Duration silence, Duration interval) {
		assertThat(new HeartbeatSchedule(timeout, silence).interval()).isEqualTo(interval);
	}

	@Test
	void anIdleWorkerIsSilentAsLongAsTheMasterAllows() {
		assertThat(due(IDLE, 20)).containsExactly(0, 6, 12, 18);
	}

	@Test
	void withoutAllowedSilenceEachHeartbeatIsDue() {
		HeartbeatSchedule always = new HeartbeatSchedule(Duration.ofSeconds(30), Duration.ZERO);
		for (int i = 0; i < 10; i++) {
			assertThat(always.isDue(IDLE)).isTrue();
		}
	}

	@Test
	void aChangedFigureIsDueAtTheNextInterval() {
		assertThat(due(IDLE, 3)).containsExactly(0);
		for (Message.Heartbeat changed : List.of(new Message.Heartbeat(11, 0, 0, 2, 1000, 1),
				new Message.Heartbeat(11, 1, 0, 2, 1000, 1), new Message.Heartbeat(11, 1, 7, 2, 1000, 1),
				new Message.Heartbeat(11, 1, 7, 3, 1000, 1), new Message.Heartbeat(11, 1, 7, 3, 1000, 2))) {
			assertThat(this.schedule.isDue(changed)).isTrue();
			assertThat(this.schedule.isDue(changed)).isFalse();
		}
	}

	@Test
	void heapUsageAloneIsNotDue() {
		assertThat(due(IDLE, 1)).containsExactly(0);
		assertThat(due(new Message.Heartbeat(10, 0, 0, 2, 2000, 1), 5)).isEmpty();
	}

	@Test
	void eachHeartbeatSentRestartsTheAllowedSilence() {
		assertThat(due(IDLE, 4)).containsExactly(0);
		assertThat(due(new Message.Heartbeat(11, 0, 0, 2, 1000, 1), 8)).containsExactly(0, 6);
	}

}
