package io.unicorn.boot.server;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PatienceTests {

	private static final long WHILE = Patience.WHILE.toNanos();

	private final Patience patience = new Patience();

	private boolean room;

	private boolean arrived;

	private boolean isOver(long nanoTime) {
		return this.patience.isOver(() -> this.room, () -> this.arrived, nanoTime);
	}

	@Test
	void aWorkerWithRoomAcceptsAtOnce() {
		this.room = true;
		assertThat(isOver(-5)).isTrue();
		assertThat(isOver(-5)).isTrue();
	}

	@Test
	void aWorkerWithoutRoomDoesNotAcceptWhileNoConnectionWaits() {
		assertThat(isOver(0)).isFalse();
		assertThat(isOver(100 * WHILE)).isFalse();
	}

	@Test
	void aWorkerWithoutRoomAcceptsWhatHasWaitedForAWhile() {
		long start = Long.MAX_VALUE - 10;
		assertThat(isOver(start - 100 * WHILE)).isFalse();
		this.arrived = true;
		assertThat(isOver(start)).isFalse();
		assertThat(isOver(start + WHILE - 1)).isFalse();
		assertThat(isOver(start + WHILE)).isTrue();
		assertThat(isOver(start + WHILE)).isTrue();
	}

	@Test
	void whatAnotherWorkerTakesIsNotWaitedFor() {
		this.arrived = true;
		assertThat(isOver(0)).isFalse();
		this.arrived = false;
		assertThat(isOver(WHILE - 1)).isFalse();
		this.arrived = true;
		assertThat(isOver(WHILE)).isFalse();
		assertThat(isOver(2 * WHILE - 1)).isFalse();
		assertThat(isOver(2 * WHILE)).isTrue();
	}

	@Test
	void roomEndsTheWaiting() {
		this.arrived = true;
		assertThat(isOver(0)).isFalse();
		this.room = true;
		assertThat(isOver(1)).isTrue();
		this.room = false;
		assertThat(isOver(WHILE)).isFalse();
		assertThat(isOver(2 * WHILE)).isTrue();
	}

}
