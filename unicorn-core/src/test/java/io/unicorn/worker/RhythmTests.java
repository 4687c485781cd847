package io.unicorn.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.ipc.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class RhythmTests {

	private static final Message.Heartbeat IDLE = new Message.Heartbeat(10, 0, 0, 2, 1000, 1);

	private final Rhythm rhythm = new Rhythm(Duration.ofSeconds(30), Duration.ofSeconds(6));

	/** Which of so many beats are heard, from 0. */
	private List<Integer> heard(Message.Heartbeat heartbeat, int beats) {
		List<Integer> heard = new ArrayList<>();
		for (int i = 0; i < beats; i++) {
			if (this.rhythm.isDue(heartbeat)) {
				heard.add(i);
			}
		}
		return heard;
	}

	@ParameterizedTest(name = "timeout {0}, silence {1}: every {2}")
	@CsvSource({ "PT30S, PT6S, PT1S", "PT0S, PT10S, PT1S", "PT1S, PT0.2S, PT0.2S", "PT0.1S, PT0.02S, PT0.05S",
			"PT30S, PT0.4S, PT0.4S", "PT30S, PT0S, PT1S" })
	void thereIsABeatASecondAndMoreIfTheTimeoutIsShort(Duration timeout, Duration silence, Duration interval) {
		assertThat(new Rhythm(timeout, silence).interval()).isEqualTo(interval);
	}

	@Test
	void whoHasNothingNewToSayIsSilentAsLongAsTheMasterAllows() {
		assertThat(heard(IDLE, 20)).containsExactly(0, 6, 12, 18);
	}

	@Test
	void whoHasNotBeenAllowedToBeSilentIsNot() {
		Rhythm always = new Rhythm(Duration.ofSeconds(30), Duration.ZERO);
		for (int i = 0; i < 10; i++) {
			assertThat(always.isDue(IDLE)).isTrue();
		}
	}

	@Test
	void newsAreHeardAtTheNextBeat() {
		assertThat(heard(IDLE, 3)).containsExactly(0);
		for (Message.Heartbeat news : List.of(new Message.Heartbeat(11, 0, 0, 2, 1000, 1),
				new Message.Heartbeat(11, 1, 0, 2, 1000, 1), new Message.Heartbeat(11, 1, 7, 2, 1000, 1),
				new Message.Heartbeat(11, 1, 7, 3, 1000, 1), new Message.Heartbeat(11, 1, 7, 3, 1000, 2))) {
			assertThat(this.rhythm.isDue(news)).isTrue();
			assertThat(this.rhythm.isDue(news)).isFalse();
		}
	}

	@Test
	void aHeapThatFillsIsNoNews() {
		assertThat(heard(IDLE, 1)).containsExactly(0);
		assertThat(heard(new Message.Heartbeat(10, 0, 0, 2, 2000, 1), 5)).isEmpty();
	}

	@Test
	void theSilenceBeginsAnewWithEachNews() {
		assertThat(heard(IDLE, 4)).containsExactly(0);
		assertThat(heard(new Message.Heartbeat(11, 0, 0, 2, 1000, 1), 8)).containsExactly(0, 6);
	}

}
