package io.unicorn.boot.server;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PatienceTests {

	private static final long WHILE = Patience.WHILE.toNanos();

	private final Patience patience = new Patience();

	private boolean room;

	private boolean isOver(long nanoTime) {
		return this.patience.isOver(() -> this.room, nanoTime);
	}

	@Test
	void aWorkerWithRoomAcceptsAtOnce() {
		this.room = true;
		assertThat(isOver(-5)).isTrue();
		assertThat(isOver(-5)).isTrue();
	}

	@Test
	void aWorkerWithoutRoomWaitsAndThenAcceptsSeveral() {
		long start = Long.MAX_VALUE - 10;
		assertThat(isOver(start)).isFalse();
		assertThat(isOver(start + WHILE - 1)).isFalse();
		for (int i = 0; i < Patience.AT_A_TIME; i++) {
			assertThat(isOver(start + WHILE)).isTrue();
		}
		assertThat(isOver(start + WHILE)).isFalse();
		assertThat(isOver(start + 2 * WHILE)).isTrue();
	}

	@Test
	void roomEndsTheWaitingAndWhatWasAllowedWithoutIt() {
		assertThat(isOver(0)).isFalse();
		this.room = true;
		assertThat(isOver(1)).isTrue();
		this.room = false;
		assertThat(isOver(WHILE)).isFalse();
		assertThat(isOver(2 * WHILE)).isTrue();
		this.room = true;
		assertThat(isOver(2 * WHILE)).isTrue();
		this.room = false;
		assertThat(isOver(2 * WHILE)).isFalse();
	}

}
