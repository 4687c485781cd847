package io.unicorn.master.hook;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HookOutputTests {

	private static List<String> lines(String output) throws IOException {
		List<String> lines = new ArrayList<>();
		HookOutput reader = new HookOutput(new ByteArrayInputStream(output.getBytes(StandardCharsets.UTF_8)),
				lines::add);
		reader.read();
		reader.close();
		return lines;
	}

	@Test
	void eachLineIsPassedOn() throws IOException {
		assertThat(lines("\u20ac a\n\nb\r\n\u001b[1mc")).containsExactly("\u20ac a", "", "b", " [1mc");
		assertThat(lines("")).isEmpty();
	}

	@Test
	void aLongLineIsCutOff() throws IOException {
		assertThat(lines("x".repeat(5000) + "\ny\n")).containsExactly("x".repeat(HookOutput.MOST_BYTES), "y");
	}

	@Test
	void whatIsTooMuchIsCounted() throws IOException {
		assertThat(lines("x\n".repeat(HookOutput.MOST_LINES))).hasSize(HookOutput.MOST_LINES).containsOnly("x");
		assertThat(lines("x\n".repeat(400_000))).hasSize(HookOutput.MOST_LINES + 1)
			.last()
			.isEqualTo("(399900 further lines are left out)");
	}

}
