package io.unicorn.master.arbiter.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class BacklogDrainTests {

	private static final Instant START = Workers.SPAWNED;

	private final BacklogDrain drain = new BacklogDrain(Set.of("* 8080"), START, Duration.ofSeconds(10));

	private static Instant at(long millis) {
		return START.plusMillis(millis);
	}

	private void count(long millis, int connections, int handshakes, boolean blocked) {
		this.drain.count(new Event.BacklogCounted(connections, handshakes, blocked), at(millis));
	}

	@Test
	void itIsNotOverBeforeAnythingWasCounted() {
		assertThat(this.drain.isOver(at(9999))).isFalse();
		assertThat(this.drain.isOver(at(10_000))).isTrue();
	}

	@Test
	void aTenthOfASecondWithAnEmptyBacklogIsTheEnd() {
		count(0, 0, 0, true);
		assertThat(this.drain.isOver(at(99))).isFalse();
		count(50, 0, 0, true);
		assertThat(this.drain.isOver(at(100))).isTrue();
	}

	@Test
	void aNewConnectionRestartsTheTenthOfASecond() {
		count(0, 0, 0, true);
		count(50, 1, 0, true);
		assertThat(this.drain.isOver(at(200))).isFalse();
		count(200, 0, 0, true);
		assertThat(this.drain.isOver(at(299))).isFalse();
		assertThat(this.drain.isOver(at(300))).isTrue();
	}

	@Test
	void whereNewConnectionsArriveOneEmptyCountIsTheEnd() {
		count(0, 2, 0, false);
		assertThat(this.drain.isOver(at(0))).isFalse();
		count(50, 0, 0, false);
		assertThat(this.drain.isOver(at(50))).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "0, false", "1999, false", "2000, true", "5000, true" })
	void aHandshakeCountsForTwoSeconds(long millis, boolean over) {
		count(millis, 0, 3, true);
		assertThat(this.drain.isOver(at(millis).plus(BacklogDrain.SETTLED))).isEqualTo(over);
	}

	@Test
	void theBacklogIsCountedEveryFiftyMilliseconds() {
		assertThat(this.drain.due()).isEqualTo(at(0));
		assertThat(this.drain.isCountDue(at(0))).isTrue();
		assertThat(this.drain.isCountDue(at(49))).isFalse();
		assertThat(this.drain.due()).isEqualTo(at(50));
		assertThat(this.drain.isCountDue(at(70))).isTrue();
		assertThat(this.drain.isCountDue(at(119))).isFalse();
		assertThat(this.drain.isCountDue(at(9990))).isTrue();
		assertThat(this.drain.due()).as("the end comes first").isEqualTo(at(10_000));
	}

	@Test
	void onlyConnectionsThatAreNotServedAreLogged() {
		EffectBuffer effects = new EffectBuffer();
		count(0, 1, 1, true);
		this.drain.logAbandoned(effects, at(9999));
		assertThat(effects.take()).isEmpty();
		this.drain.logAbandoned(effects, at(10_000));
		assertThat(effects.take()).singleElement().asString().contains("2 connections").contains("WARN");
		count(10_000, 0, 0, true);
		this.drain.logAbandoned(effects, at(10_000));
		assertThat(effects.take()).isEmpty();
	}

}
