package io.unicorn.master.process;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "a;Description:;;Not allowed:;;    Property: x;;Action:;Free it.|Not allowed: Property: x",
					"x;Exception in thread \"main\" A;Caused by: B;Caused by: C;y|Caused by: C",
					"Error: Invalid or corrupt jarfile app.jar|Error: Invalid or corrupt jarfile app.jar",
					"NOTE: Picked up X;Exception in thread \"main\" A|Exception in thread \"main\" A", "one;two;|two",
					"''|''" })
	void theLineThatSaysBestWhatWentWrongIsFound(String lines, String cause) {
		assertThat(LastLines.cause(List.of(lines.split(";", -1)))).isEqualTo(cause);
	}

}
