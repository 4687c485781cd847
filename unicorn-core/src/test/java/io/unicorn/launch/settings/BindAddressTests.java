package io.unicorn.launch.settings;

import java.nio.file.Path;
import java.util.Objects;

import io.unicorn.posix.SocketFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class BindAddressTests {

	@ParameterizedTest
	@CsvSource({ "8080, , 8080", "0, , 0", ":8080, , 8080", "0.0.0.0:80, 0.0.0.0, 80",
			"localhost:65535, localhost, 65535", "[::1]:8080, ::1, 8080", "' [fe80::1%eth0]:1 ', fe80::1%eth0, 1" })
	void aPortIsReadWithOrWithoutAHost(String text, String host, int port) {
		assertThat(BindAddress.parse(text)).isEqualTo(new BindAddress.Tcp(host, port));
	}

	@Test
	void aUnixSocketHasAnAbsolutePath() {
		assertThat(BindAddress.parse("unix:/run/app.sock")).isEqualTo(new BindAddress.Unix(Path.of("/run/app.sock")));
		assertThat(BindAddress.parse("unix:run/../app.sock"))
			.isEqualTo(new BindAddress.Unix(Path.of("app.sock").toAbsolutePath()));
		assertThat(BindAddress.parse("unix:/" + "x".repeat(106))).isNotNull();
	}

	@Test
	void aDescriptorIsReadFromThreeOn() {
		assertThat(BindAddress.parse("fd://3")).isEqualTo(new BindAddress.Passed(3));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "localhost", "::1:8080", "[::1]", "a:b", "a:65536", "a/b:80", "-1", "unix:",
			"unix:/", "unix:/run/", "fd://2", "fd://", "fd://x", "http://a:80" })
	void anythingElseIsNoAddress(String text) {
		assertThat(BindAddress.parse(text)).isNull();
	}

	@Test
	void aPathThatIsTooLongIsNoAddress() {
		assertThat(BindAddress.parse("unix:/" + "x".repeat(107))).isNull();
		assertThat(BindAddress.parse("unix:/" + "\u00e4".repeat(60))).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { ":8080", "127.0.0.1:0", "[::1]:80", "unix:/run/app.sock", "fd://7" })
	void theTextOfAnAddressIsThatAddress(String text) {
		assertThat(BindAddress.parse(text)).hasToString(text);
	}

	@ParameterizedTest
	@CsvSource({ ":80, 127.0.0.1:80, true", ":80, [::1]:80, true", ":80, 0.0.0.0:80, true", ":80, :80, true",
			"0.0.0.0:80, 127.0.0.1:80, true", "0.0.0.0:80, [::1]:80, false", "0.0.0.0:80, :80, false",
			"[0:0:0:0:0:0:0:0]:80, 127.0.0.1:80, true", "127.0.0.1:80, 127.0.0.1:80, true",
			"127.0.0.1:80, 0.0.0.0:80, false", "127.0.0.1:80, 127.0.0.1:81, false", ":80, 127.0.0.1:81, false",
			":0, :0, false" })
	void anAddressIncludesWhatItsSocketTakes(String text, String other, boolean included) {
		assertThat(((BindAddress.Tcp) Objects.requireNonNull(BindAddress.parse(text)))
			.includes((BindAddress.Tcp) Objects.requireNonNull(BindAddress.parse(other)))).isEqualTo(included);
	}

	/** The packages may not use each other. */
	@Test
	void theLongestPathIsThatOfTheSystem() {
		assertThat(BindAddress.MOST_PATH_BYTES).isEqualTo(SocketFile.MOST_BYTES);
	}

}
