package io.unicorn.master;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LastLinesTests {

	@Test
	void theLastOnesAreKeptInOrder() {
		assertThat(LastLines.of(List.of("a", "b", "c"), 2)).containsExactly("b", "c");
		assertThat(LastLines.of(List.of("a"), 2)).containsExactly("a");
		assertThat(LastLines.of(List.of(), 2)).isEmpty();
	}

	@Test
	void framesLeaveTheirPlaceToMessages() {
		assertThat(LastLines.of(List.of("Exception: no", "\tat a.B.c(B.java:1)", "Caused by: why", "\tat d",
				"\t... 7 more", "\tattempt 2"), 3))
			.containsExactly("Exception: no", "Caused by: why", "\tattempt 2");
	}

	@Test
	void aLongLineIsCutAndSpaceAtItsEndIsNoLine() {
		assertThat(LastLines.of(List.of("x".repeat(300) + "  \r"), 1)).containsExactly("x".repeat(300));
		assertThat(LastLines.of(List.of("x".repeat(301)), 1)).containsExactly("x".repeat(300) + "…");
	}

}
