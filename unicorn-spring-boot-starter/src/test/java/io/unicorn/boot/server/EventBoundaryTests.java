package io.unicorn.boot.server;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class EventBoundaryTests {

	private static boolean reached(String written) {
		EventBoundary bytes = new EventBoundary();
		byte[] utf8 = written.getBytes(StandardCharsets.UTF_8);
		bytes.append(utf8, 0, utf8.length);
		EventBoundary characters = new EventBoundary();
		characters.append(written.toCharArray(), 0, written.length());
		assertThat(characters.isReached()).isEqualTo(bytes.isReached());
		return bytes.isReached();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "\n", "data:1\n\n", "data:1\r\n\r\n", "data:1\r\r", "data:1\r\n\n", "data:1\n\r\n",
			"data:1\n\ndata:2\n\n", ":ping\n", ":ping\n\n", "data:1\n\n:ping\n", "data:ü\n\n", "data:1\n:a\n\n" })
	void anEventIsComplete(String written) {
		assertThat(reached(written)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "d", "data:1", "data:1\n", "data:1\r\n", "data:1\r", "data:1\n\ndata:2\n", ":ping",
			"data:1\n:ping\n", "data:1\n\n:", "data:1\ndata:2\n", "retry:5\n" })
	void anEventIsNotComplete(String written) {
		assertThat(reached(written)).isFalse();
	}

	@Test
	void anEventMayBeWrittenInPieces() {
		EventBoundary boundary = new EventBoundary();
		String written = "data:1\r\ndata:2\r\n\r\n";
		for (int i = 0; i < written.length(); i++) {
			assertThat(boundary.isReached()).isEqualTo(i == 0 || i == written.length() - 1);
			boundary.append(written.charAt(i));
		}
		assertThat(boundary.isReached()).isTrue();
	}

}
