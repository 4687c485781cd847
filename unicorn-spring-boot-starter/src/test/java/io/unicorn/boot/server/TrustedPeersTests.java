package io.unicorn.boot.server;

import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TrustedPeersTests {

	private static boolean contains(List<String> allowed, String peer) {
		return new TrustedPeers(allowed).contains(new InetSocketAddress(peer, 4711));
	}

	@ParameterizedTest
	@CsvSource({ "127.0.0.1, 127.0.0.1, true", "127.0.0.1, 127.0.0.2, false", "::1, ::1, true", "::1, ::2, false",
			"10.0.0.0/8, 10.255.0.1, true", "10.0.0.0/8, 11.0.0.1, false", "10.1.2.3/8, 10.9.9.9, true",
			"10.0.0.0/9, 10.127.255.255, true", "10.0.0.0/9, 10.128.0.0, false", "0.0.0.0/0, 203.0.113.9, true",
			"0.0.0.0/0, 2001:db8::1, false", "::/0, 2001:db8::1, true", "::/0, 203.0.113.9, false",
			"2001:db8::/33, 2001:db8:7fff::1, true", "2001:db8::/33, 2001:db8:8000::1, false",
			"192.0.2.1/32, 192.0.2.1, true", "192.0.2.1/32, 192.0.2.0, false", "192.0.2.1, ::ffff:192.0.2.1, true",
			"*, 203.0.113.9, true", "*, 2001:db8::1, true" })
	void anAddressIsInANetworkIfItsFirstBitsAreThose(String allowed, String peer, boolean expected) {
		assertThat(contains(List.of(allowed), peer)).isEqualTo(expected);
		assertThat(contains(List.of("198.51.100.77", allowed), peer)).isEqualTo(expected);
	}

	@Test
	void aPeerAtAUnixSocketIsTrusted() {
		assertThat(new TrustedPeers(List.of()).contains(UnixDomainSocketAddress.of(""))).isTrue();
		assertThat(contains(List.of(), "127.0.0.1")).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "::1", "*", "10.0.0.0/8", "fd00::/8", "0.0.0.0/0", "::/128" })
	void valid(String text) {
		assertThat(TrustedPeers.isValid(text)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "localhost", "10", "10.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1",
			"10.0.0.0/08", "10.0.0.0/8/8", "::1/129", "10.0.0.*", "/8", "::ffff:10.0.0.0/104", "1:2", "fe80::1%eth0" })
	void invalid(String text) {
		assertThat(TrustedPeers.isValid(text)).isFalse();
		assertThatIllegalArgumentException().isThrownBy(() -> new TrustedPeers(List.of(text)));
	}

}
