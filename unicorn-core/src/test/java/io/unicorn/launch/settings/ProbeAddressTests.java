package io.unicorn.launch.settings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ProbeAddressTests {

	@Test
	void aPortAloneIsOnLoopback() {
		assertThat(ProbeAddress.parse(" 9090 ")).isEqualTo(new ProbeAddress("127.0.0.1", 9090));
	}

	@ParameterizedTest
	@CsvSource({ "0.0.0.0:9090, 0.0.0.0, 9090", "localhost:1, localhost, 1", "[::]:65535, ::, 65535",
			"[fe80::1%eth0]:9090, fe80::1%eth0, 9090" })
	void aHostAndAPortAreRead(String text, String host, int port) {
		ProbeAddress address = new ProbeAddress(host, port);
		assertThat(ProbeAddress.parse(text)).isEqualTo(address);
		assertThat(address).hasToString(text);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "0", "65536", "-1", "localhost", "localhost:", ":9090", "::1:9090", "[::1]",
			"http://localhost:9090", "a b:9090", "9090/tcp", "999999999999" })
	void anythingElseIsNoAddress(String text) {
		assertThat(ProbeAddress.parse(text)).isNull();
	}

}
