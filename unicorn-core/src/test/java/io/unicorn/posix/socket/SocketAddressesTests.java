package io.unicorn.posix.socket;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SocketAddressesTests {

	@ParameterizedTest
	@ValueSource(strings = { "0.0.0.0", "127.0.0.1", "203.0.113.255", "::", "::1", "2001:db8::1" })
	void anAddressSurvivesTheRoundTrip(String literal) throws UnknownHostException {
		InetAddress address = InetAddress.getByName(literal);
		assertThat(decoded(SocketAddresses.encode(address, 65_000))).isEqualTo(new InetSocketAddress(address, 65_000));
	}

	@Test
	void theScopeOfALinkLocalAddressIsKept() throws UnknownHostException {
		byte[] bytes = InetAddress.getByName("fe80::1").getAddress();
		InetAddress address = Inet6Address.getByAddress(null, bytes, 7);
		InetSocketAddress decoded = (InetSocketAddress) Objects
			.requireNonNull(decoded(SocketAddresses.encode(address, 80)));
		assertThat(((Inet6Address) decoded.getAddress()).getScopeId()).isEqualTo(7);
	}

	@Test
	void anotherFamilyIsNotAnInternetAddress() {
		assertThat(decoded(new byte[SocketAddresses.MAX_SIZE])).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/run/app.sock", "/x" })
	void aPathSurvivesTheRoundTrip(String path) {
		byte[] struct = SocketAddresses.encode(Path.of(path));
		assertThat(struct).hasSize(2 + path.length() + 1);
		assertThat(decoded(struct)).isEqualTo(UnixDomainSocketAddress.of(path));
	}

	@Test
	void aPathMayHave107Bytes() {
		Path longest = Path.of("/" + "x".repeat(106));
		assertThat(decoded(SocketAddresses.encode(longest))).isEqualTo(UnixDomainSocketAddress.of(longest));
		assertThatIllegalArgumentException().isThrownBy(() -> SocketAddresses.encode(Path.of("/" + "x".repeat(107))))
			.withMessageContaining("107 bytes");
	}

	@Test
	void anAbstractNameIsShownAsTheKernelShowsIt() {
		byte[] struct = SocketAddresses.encode(Path.of("/app"));
		struct[2] = 0;
		assertThat(SocketAddresses.decode(struct, 6)).isEqualTo(UnixDomainSocketAddress.of("@app"));
	}

	private static @Nullable SocketAddress decoded(byte[] struct) {
		return SocketAddresses.decode(struct, struct.length);
	}

}
