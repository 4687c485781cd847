package io.unicorn.launch.settings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SocketModeTests {

	@ParameterizedTest
	@CsvSource({ "0660, 660", "660, 660", "0o600, 600", "' 0777 ', 777", "0606, 606" })
	void aModeIsAnOctalNumber(String text, String octal) {
		assertThat(SocketMode.parse(text)).hasValue(Integer.parseInt(octal, 8));
	}

	@Test
	void aModeThatYamlHasTakenForANumberIsThatNumber() {
		for (int mode = 0600; mode <= 0777; mode++) {
			assertThat(SocketMode.parse(Integer.toString(mode))).hasValue(mode);
			assertThat(SocketMode.parse("0" + Integer.toOctalString(mode))).hasValue(mode);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "0440", "0460", "01660", "660x", "0888", "999", "383", "rw-rw----" })
	void anythingElseIsNone(String text) {
		assertThat(SocketMode.parse(text)).isEmpty();
	}

}
