package io.unicorn.posix.socket;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SocketAddressesTests {

	@ParameterizedTest
	@ValueSource(strings = { "0.0.0.0", "127.0.0.1", "203.0.113.255", "::", "::1", "2001:db8::1" })
	void anAddressSurvivesTheRoundTrip(String literal) throws UnknownHostException {
		InetAddress address = InetAddress.getByName(literal);
		assertThat(SocketAddresses.decode(SocketAddresses.encode(address, 65_000)))
			.isEqualTo(new InetSocketAddress(address, 65_000));
	}

	@Test
	void theScopeOfALinkLocalAddressIsKept() throws UnknownHostException {
		byte[] bytes = InetAddress.getByName("fe80::1").getAddress();
		InetAddress address = Inet6Address.getByAddress(null, bytes, 7);
		InetSocketAddress decoded = Objects.requireNonNull(SocketAddresses.decode(SocketAddresses.encode(address, 80)));
		assertThat(((Inet6Address) decoded.getAddress()).getScopeId()).isEqualTo(7);
	}

	@Test
	void anotherFamilyIsNotAnInternetAddress() {
		assertThat(SocketAddresses.decode(new byte[SocketAddresses.MAX_SIZE])).isNull();
	}

}
