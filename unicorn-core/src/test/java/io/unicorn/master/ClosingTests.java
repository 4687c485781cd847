package io.unicorn.master;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ClosingTests {

	private static final Instant START = Workers.SPAWNED;

	private final Closing closing = new Closing(Set.of("* 8080"), START, Duration.ofSeconds(10));

	private static Instant at(long millis) {
		return START.plusMillis(millis);
	}

	private void count(long millis, int waiting, int handshakes, boolean refusing) {
		this.closing.count(new Event.Waiting(waiting, handshakes, refusing), at(millis));
	}

	@Test
	void itIsNotOverBeforeAnythingWasCounted() {
		assertThat(this.closing.isOver(at(9999))).isFalse();
		assertThat(this.closing.isOver(at(10_000))).isTrue();
	}

	@Test
	void aTenthOfASecondWithoutAnybodyIsTheEnd() {
		count(0, 0, 0, true);
		assertThat(this.closing.isOver(at(99))).isFalse();
		count(50, 0, 0, true);
		assertThat(this.closing.isOver(at(100))).isTrue();
	}

	@Test
	void whoComesMeanwhileBeginsItAnew() {
		count(0, 0, 0, true);
		count(50, 1, 0, true);
		assertThat(this.closing.isOver(at(200))).isFalse();
		count(200, 0, 0, true);
		assertThat(this.closing.isOver(at(299))).isFalse();
		assertThat(this.closing.isOver(at(300))).isTrue();
	}

	@Test
	void whereNewOnesMayComeOneEmptyMomentIsTheEnd() {
		count(0, 2, 0, false);
		assertThat(this.closing.isOver(at(0))).isFalse();
		count(50, 0, 0, false);
		assertThat(this.closing.isOver(at(50))).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "0, false", "1999, false", "2000, true", "5000, true" })
	void aHandshakeCountsForTwoSeconds(long millis, boolean over) {
		count(millis, 0, 3, true);
		assertThat(this.closing.isOver(at(millis).plus(Closing.SETTLED))).isEqualTo(over);
	}

	@Test
	void theQueueIsCountedEveryFiftyMilliseconds() {
		assertThat(this.closing.due()).isEqualTo(at(0));
		assertThat(this.closing.isCountDue(at(0))).isTrue();
		assertThat(this.closing.isCountDue(at(49))).isFalse();
		assertThat(this.closing.due()).isEqualTo(at(50));
		assertThat(this.closing.isCountDue(at(70))).isTrue();
		assertThat(this.closing.isCountDue(at(119))).isFalse();
		assertThat(this.closing.isCountDue(at(9990))).isTrue();
		assertThat(this.closing.due()).as("the end comes first").isEqualTo(at(10_000));
	}

	@Test
	void onlyThoseWhoAreCutOffAreTold() {
		Orders orders = new Orders();
		count(0, 1, 1, true);
		this.closing.tellOfAbandoned(orders, at(9999));
		assertThat(orders.take()).isEmpty();
		this.closing.tellOfAbandoned(orders, at(10_000));
		assertThat(orders.take()).singleElement().asString().contains("2 connections").contains("WARN");
		count(10_000, 0, 0, true);
		this.closing.tellOfAbandoned(orders, at(10_000));
		assertThat(orders.take()).isEmpty();
	}

}
