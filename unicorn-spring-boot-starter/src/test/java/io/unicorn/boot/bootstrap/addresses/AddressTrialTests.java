package io.unicorn.boot.bootstrap.addresses;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

import io.unicorn.launch.plan.ListenAddress;
import io.unicorn.launch.settings.BindAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class AddressTrialTests {

	@TempDir
	private Path directory = Path.of("");

	private static ListenAddress address(String bind, String owner) {
		return new ListenAddress("http", Objects.requireNonNull(BindAddress.parse(bind)),
				new ListenAddress.Options(10, false, 0600, owner));
	}

	private static String trial(String bind) {
		return AddressTrial.of(address(bind, ""));
	}

	private static void refused(String bind, String owner, String reason, String advice) {
		assertThatExceptionOfType(WebAddresses.ListenFailedException.class)
			.isThrownBy(() -> AddressTrial.of(address(bind, owner)))
			.satisfies((ex) -> {
				assertThat(ex.getDescription()).contains(reason);
				assertThat(ex.getAdvice()).contains(advice);
			});
	}

	@Test
	void aPortIsFreeOrInUse() throws IOException {
		int port;
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = socket.getLocalPort();
			assertThat(trial("127.0.0.1:" + port)).isEqualTo(", in use now");
			assertThat(trial("0.0.0.0:" + port)).isEqualTo(", in use now");
			assertThat(trial(":" + port)).isEqualTo(", in use now");
			assertThat(ListeningSockets.hasPort(port)).isTrue();
		}
		assertThat(trial("127.0.0.1:" + port)).isEmpty();
		assertThat(ListeningSockets.hasPort(port)).isFalse();
		assertThat(trial("127.0.0.1:0")).isEmpty();
	}

	@Test
	void anAddressOfAnotherMachineIsRefused() {
		refused("192.0.2.1:8080", "", "192.0.2.1 port 8080", "an address of this machine");
	}

	@Test
	void theFileOfASocketIsFreeOrInUse() throws IOException {
		Path file = this.directory.resolve("app.sock");
		assertThat(trial("unix:" + file)).isEmpty();
		try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			channel.bind(UnixDomainSocketAddress.of(file));
			assertThat(trial("unix:" + file)).isEqualTo(", in use now");
		}
		assertThat(trial("unix:" + file)).as("a file that a process has left").isEmpty();
		assertThat(file).exists();
	}

	@Test
	void aPlaceWithoutADirectoryIsRefused() {
		refused("unix:" + this.directory.resolve("none/app.sock"), "", "there is no directory", "Make that directory");
	}

	@Test
	void aPlaceThatCannotBeWrittenIsRefused() {
		refused("unix:/proc/self/app.sock", "", "may not write in the directory /proc/self", "unicorn.bind");
	}

	@Test
	void aPlaceThatIsTakenByAFileIsRefused() throws IOException {
		Path file = Files.createFile(this.directory.resolve("app.sock"));
		refused("unix:" + file, "", "the file exists and is no socket", "Remove that file");
		assertThat(file).exists();
	}

	@Test
	void anUnknownOwnerIsRefused() {
		String place = "unix:" + this.directory.resolve("app.sock");
		refused(place, "nosuchuser:root", "no user or group nosuchuser", "unicorn.unix.owner");
		refused(place, ":nosuchgroup", "no user or group nosuchgroup", "unicorn.unix.owner");
		assertThat(AddressTrial.of(address(place, "root:root"))).isEmpty();
	}

	@Test
	void aDescriptorIsLeftToTheStart() {
		assertThat(trial("fd://3")).isEqualTo(", which only the start can see");
	}

}
