package io.unicorn.cli;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PlainTextTests {

	@Test
	void ordinaryTextStays() {
		String text = "größer \uD83E\uDD84\t[main] 1913 ms";
		assertThat(PlainText.of(text)).isEqualTo(text);
	}

	@Test
	void coloursAreRemoved() {
		assertThat(PlainText.of("\033[2m2026-11-21\033[0;39m \033[32m INFO\033[0;39m x"))
			.isEqualTo("2026-11-21  INFO x");
	}

	@Test
	void controlCharactersAreRemoved() {
		assertThat(PlainText.of("a\033]0;title\007b\u009bc\rd\ne\u202ef\0")).isEqualTo("a]0;titlebcdef");
	}

}
