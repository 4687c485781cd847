package io.unicorn.posix.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.posix.ControlPair;
import io.unicorn.posix.Listener;
import io.unicorn.posix.PosixException;
import io.unicorn.posix.jnr.JnrPosix;
import io.unicorn.posix.libc.Errno;
import io.unicorn.posix.libc.Kernel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class ListenersTests {

	private final JnrPosix posix = new JnrPosix();

	private final List<Integer> opened = new ArrayList<>();

	@AfterEach
	void closeAll() {
		this.opened.forEach(this.posix::close);
	}

	@Test
	void allAddressesMeansIpv4AndIpv6() throws IOException {
		Listener listener = keep(this.posix.listen(null, 0, 10));
		assertThat(listener.port()).isPositive();
		assertThat(host(listener).isAnyLocalAddress()).isTrue();
		assertThat(listener.fd()).isGreaterThanOrEqualTo(100);
		connect(address(127, 0, 0, 1), listener);
		assumeIpv6();
		connect(ipv6Loopback(), listener);
	}

	@Test
	void anIpv4WildcardListensOnIpv4Only() throws IOException {
		Listener listener = keep(this.posix.listen(address(0, 0, 0, 0), 0, 10));
		connect(address(127, 0, 0, 1), listener);
		assumeIpv6();
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> connect(ipv6Loopback(), listener));
	}

	@Test
	void allAddressesMeansIpv4IfTheUserPrefersIt() throws IOException {
		System.setProperty("java.net.preferIPv4Stack", "true");
		try {
			Listener listener = keep(this.posix.listen(null, 0, 10));
			assertThat(host(listener)).isEqualTo(address(0, 0, 0, 0));
		}
		finally {
			System.clearProperty("java.net.preferIPv4Stack");
		}
	}

	@Test
	void oneIpv6AddressCanBeChosen() throws IOException {
		assumeIpv6();
		Listener listener = keep(this.posix.listen(ipv6Loopback(), 0, 10));
		assertThat(host(listener)).isEqualTo(ipv6Loopback());
		connect(ipv6Loopback(), listener);
	}

	@Test
	void aPortInUseIsReportedWithTheAddress() throws IOException {
		InetAddress address = address(127, 0, 0, 1);
		int port = keep(this.posix.listen(address, 0, 10)).port();
		assertThatExceptionOfType(PosixException.class).isThrownBy(() -> this.posix.listen(address, port, 10))
			.withMessage("bind 127.0.0.1:%d: Address already in use", port)
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(PosixException.EADDRINUSE));
	}

	@Test
	void aPortIsSharedIfBothAskForIt() throws IOException {
		InetAddress address = address(127, 0, 0, 1);
		int port = keep(this.posix.listenShared(address, 0, 10)).port();
		assertThat(keep(this.posix.listenShared(address, port, 10)).port()).isEqualTo(port);
		assertThatExceptionOfType(PosixException.class).isThrownBy(() -> this.posix.listen(address, port, 10))
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(PosixException.EADDRINUSE));
	}

	@Test
	void anAddressOfAnotherMachineIsRefused() {
		assertThatExceptionOfType(PosixException.class)
			.isThrownBy(() -> this.posix.listen(address(203, 0, 113, 1), 0, 10))
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EADDRNOTAVAIL));
	}

	@Test
	void argumentsOutOfRangeAreRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.posix.listen(null, 65_536, 10));
		assertThatIllegalArgumentException().isThrownBy(() -> this.posix.listen(null, 0, 0));
		assertThatIllegalArgumentException().isThrownBy(() -> this.posix.inherited(0));
	}

	@Test
	void anInheritedSocketKnowsItsAddress() throws IOException {
		Listener listener = keep(this.posix.listen(null, 0, 10));
		assertThat(this.posix.inherited(listener.fd())).isEqualTo(listener);
	}

	@Test
	void aLowInheritedDescriptorMovesUpAndBlocks() throws IOException {
		Kernel kernel = Kernel.load();
		int low = kernel.libc().socket(SocketAddresses.AF_INET, 1 | 0x800, 0);
		assertThat(kernel.libc().listen(low, 1)).isZero();
		Listener listener = keep(this.posix.inherited(low));
		assertThat(listener.fd()).isGreaterThanOrEqualTo(100);
		assertThat(listener.port()).isPositive();
		assertThat(Files.readAllLines(Path.of("/proc/self/fdinfo/" + listener.fd())))
			.anyMatch((line) -> line.matches("flags:\\s+02000002"));
		connect(address(127, 0, 0, 1), listener);
	}

	@Test
	void anInheritedDescriptorMustBeAListeningSocket() throws IOException {
		ControlPair pair = this.posix.controlPair();
		this.opened.add(pair.theirs());
		try {
			assertThatExceptionOfType(PosixException.class).isThrownBy(() -> this.posix.inherited(pair.theirs()))
				.withMessageContaining("not a listening socket");
		}
		finally {
			pair.ours().close();
		}
		assertThatExceptionOfType(PosixException.class).isThrownBy(() -> this.posix.inherited(999_999))
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EBADF));
	}

	private static InetAddress host(Listener listener) {
		return ((InetSocketAddress) listener.address()).getAddress();
	}

	private Listener keep(Listener listener) {
		this.opened.add(listener.fd());
		return listener;
	}

	private static void connect(InetAddress host, Listener listener) throws IOException {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(host, listener.port()), 5000);
		}
	}

	private static void assumeIpv6() throws IOException {
		assumeTrue(NetworkInterface.getByInetAddress(ipv6Loopback()) != null, "there is no IPv6");
	}

	private static InetAddress ipv6Loopback() throws IOException {
		return address(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
	}

	private static InetAddress address(int... numbers) throws IOException {
		byte[] bytes = new byte[numbers.length];
		for (int i = 0; i < numbers.length; i++) {
			bytes[i] = (byte) numbers[i];
		}
		return InetAddress.getByAddress(bytes);
	}

}
