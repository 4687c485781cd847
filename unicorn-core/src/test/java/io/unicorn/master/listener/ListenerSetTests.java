package io.unicorn.master.listener;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.unicorn.ipc.PoolSnapshot.ListenerInfo;
import io.unicorn.launch.plan.ListenAddress;
import io.unicorn.launch.settings.BindAddress;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.posix.BacklogLimit;
import io.unicorn.posix.Listener;
import io.unicorn.posix.PosixException;
import io.unicorn.posix.ScriptedPosix;
import io.unicorn.posix.jnr.JnrPosix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ListenerSetTests {

	private static final ListenAddress HTTP = address("http", 0);

	private static final ListenAddress MANAGEMENT = address("management", 0);

	private final ListenerSet sockets = new ListenerSet(new JnrPosix());

	private final List<Socket> clients = new ArrayList<>();

	private final List<SocketChannel> channels = new ArrayList<>();

	@TempDir
	private Path directory = Path.of("");

	private static ListenAddress address(String name, int port) {
		return new ListenAddress(name, "127.0.0.1", port, 10);
	}

	@AfterEach
	void closeAll() throws IOException {
		for (Socket client : this.clients) {
			client.close();
		}
		for (SocketChannel channel : this.channels) {
			channel.close();
		}
		this.sockets.closeAll();
	}

	private void connect(Listener listener) throws IOException {
		Socket client = new Socket();
		this.clients.add(client);
		client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.port()), 500);
	}

	@Test
	void onlyWhatIsNotOpenYetIsOpened() throws IOException {
		assertThat(this.sockets.open(List.of(HTTP))).containsOnlyKeys("http");
		Listener http = this.sockets.listener(HTTP);
		assertThat(this.sockets.open(List.of(HTTP, MANAGEMENT))).containsOnlyKeys("management");
		assertThat(this.sockets.listener(HTTP)).isSameAs(http);
		assertThat(this.sockets.descriptors()).containsOnlyKeys(HTTP.key(), MANAGEMENT.key());
	}

	@Test
	void nothingIsLeftOpenIfOneCannotBeOpened() throws IOException {
		this.sockets.open(List.of(HTTP));
		try (ServerSocket taken = new ServerSocket()) {
			taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
			ListenAddress impossible = address("other", taken.getLocalPort());
			assertThatExceptionOfType(PosixException.class)
				.isThrownBy(() -> this.sockets.open(List.of(HTTP, MANAGEMENT, impossible)));
		}
		assertThat(this.sockets.descriptors()).containsOnlyKeys(HTTP.key());
		assertThatIllegalStateException().isThrownBy(() -> this.sockets.listener(MANAGEMENT))
			.withMessageContaining("there is no listener for");
	}

	@Test
	void anAddressThatIncludesAnotherOneOfThePoolIsExplained() throws IOException {
		this.sockets.open(List.of(HTTP));
		int port = this.sockets.listener(HTTP).port();
		ListenAddress wider = new ListenAddress("http", "0.0.0.0", port, 10);
		assertThatExceptionOfType(PosixException.class).isThrownBy(() -> this.sockets.open(List.of(wider)))
			.withMessage("0.0.0.0:" + port + ": the pool itself listens on 127.0.0.1:" + port
					+ ", and not on both at once; keep that address, or stop the pool and start it again");
		assertThat(this.sockets.descriptors()).containsOnlyKeys(HTTP.key());
	}

	@Test
	void anAddressThatAnotherProgramHasIsInUse() throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			ListenAddress impossible = address("other", taken.getLocalPort());
			assertThatExceptionOfType(PosixException.class).isThrownBy(() -> this.sockets.open(List.of(impossible)))
				.withMessageContaining("Address already in use");
		}
	}

	@Test
	void whatIsNotNeededIsClosed() throws IOException {
		this.sockets.open(List.of(HTTP, MANAGEMENT));
		Listener closed = this.sockets.listener(MANAGEMENT);
		this.sockets.retain(Set.of(HTTP.key()));
		assertThat(this.sockets.descriptors()).containsOnlyKeys(HTTP.key());
		connect(this.sockets.listener(HTTP));
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> connect(closed)).withMessageContaining("refused");
	}

	@Test
	void whoWaitsIsCountedOnTheAddressesThatAreAskedFor() throws IOException {
		this.sockets.open(List.of(HTTP, MANAGEMENT));
		connect(this.sockets.listener(HTTP));
		connect(this.sockets.listener(HTTP));
		connect(this.sockets.listener(MANAGEMENT));
		await().until(() -> waiting(HTTP, MANAGEMENT) == 3);
		assertThat(waiting(HTTP)).isEqualTo(2);
		assertThat(this.sockets.count(Set.of("somewhere else"))).isEqualTo(new Event.BacklogCounted(0, 0, false));
	}

	@Test
	void aListenerIsDescribedOnceByItsAddressAndItsBacklog() throws IOException {
		this.sockets.open(List.of(HTTP));
		connect(this.sockets.listener(HTTP));
		await().until(() -> waiting(HTTP) == 1);
		String address = "127.0.0.1:" + this.sockets.listener(HTTP).port();
		assertThat(this.sockets.describe(List.of(HTTP, MANAGEMENT, HTTP)))
			.containsExactly(new ListenerInfo("http", address, 1, 10));
	}

	@Test
	void aListenerWhoseBacklogCannotBeReadIsDescribedAllTheSame() throws IOException {
		ScriptedPosix posix = new ScriptedPosix();
		ListenerSet scripted = new ListenerSet(posix);
		scripted.open(List.of(HTTP));
		posix.fail("waiting", 22, "Invalid argument");
		assertThat(scripted.describe(List.of(HTTP))).singleElement()
			.satisfies((listener) -> assertThat(listener.waiting()).isEqualTo(-1))
			.extracting(ListenerInfo::backlog)
			.isEqualTo(10);
	}

	private int waiting(ListenAddress... addresses) throws PosixException {
		return this.sockets.count(Set.copyOf(List.of(addresses).stream().map(ListenAddress::key).toList()))
			.connections();
	}

	@Test
	void anAddressThatIsGivenUpLetsNobodyInUntilItIsWantedAgain() throws IOException {
		this.sockets.open(List.of(HTTP, MANAGEMENT));
		this.sockets.refuseNew(Set.of(HTTP.key(), "closed long ago"));
		assertThat(this.sockets.count(Set.of(HTTP.key())).blocked()).isTrue();
		assertThat(this.sockets.count(Set.of(HTTP.key(), MANAGEMENT.key())).blocked()).isFalse();
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> connect(this.sockets.listener(HTTP)));
		this.sockets.admitNew(Set.of(HTTP.key(), MANAGEMENT.key(), "closed long ago"));
		assertThat(this.sockets.count(Set.of(HTTP.key())).blocked()).isFalse();
		connect(this.sockets.listener(HTTP));
	}

	private ListenAddress unix(String name) {
		return new ListenAddress(name, new BindAddress.Unix(this.directory.resolve(name)),
				new ListenAddress.Options(10));
	}

	private Path file(ListenAddress unix) {
		return ((BindAddress.Unix) unix.bind()).path();
	}

	private void connectTo(ListenAddress unix) throws IOException {
		this.channels.add(SocketChannel.open(UnixDomainSocketAddress.of(file(unix))));
	}

	@Test
	void aUnixSocketThatIsGivenUpHasNoFileUntilItIsWantedAgain() throws IOException {
		ListenAddress unix = unix("http");
		this.sockets.open(List.of(unix, MANAGEMENT));
		connectTo(unix);
		this.sockets.refuseNew(Set.of(unix.key()));
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> connectTo(unix));
		assertThat(this.sockets.count(Set.of(unix.key()))).isEqualTo(new Event.BacklogCounted(1, 0, true));
		this.sockets.admitNew(Set.of(unix.key(), MANAGEMENT.key()));
		connectTo(unix);
		assertThat(this.sockets.count(Set.of(unix.key()))).isEqualTo(new Event.BacklogCounted(2, 0, false));
		assertThat(this.directory).isDirectoryContaining((file) -> file.equals(file(unix)))
			.isDirectoryNotContaining((file) -> !file.equals(file(unix)));
	}

	@Test
	void aUnixSocketIsDescribedByItsPath() throws IOException {
		ListenAddress unix = unix("http");
		this.sockets.open(List.of(unix));
		connectTo(unix);
		assertThat(this.sockets.describe(List.of(unix)))
			.containsExactly(new ListenerInfo("http", "unix:" + file(unix), 1, BacklogLimit.of(10)));
	}

	@Test
	void theFileOfAUnixSocketIsDeletedWithIt() throws IOException {
		ListenAddress kept = unix("kept");
		ListenAddress closed = unix("closed");
		ListenAddress hidden = unix("hidden");
		this.sockets.open(List.of(kept, closed, hidden));
		this.sockets.refuseNew(Set.of(hidden.key()));
		this.sockets.retain(Set.of(kept.key()));
		assertThat(this.directory).isDirectoryContaining((file) -> file.equals(file(kept)))
			.isDirectoryNotContaining((file) -> !file.equals(file(kept)));
		this.sockets.closeAll();
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void aFileThatAnotherProgramHasPutInItsPlaceIsLeftAlone() throws IOException {
		ListenAddress unix = unix("http");
		this.sockets.open(List.of(unix));
		Files.delete(file(unix));
		Files.writeString(file(unix), "precious");
		this.sockets.refuseNew(Set.of(unix.key()));
		this.sockets.admitNew(Set.of(unix.key()));
		this.sockets.closeAll();
		assertThat(file(unix)).hasContent("precious");
	}

	@Test
	void aListenerThatWasPassedIsNeitherBlockedNorClosedBeforeTheEnd() throws IOException {
		ScriptedPosix posix = new ScriptedPosix();
		ListenerSet scripted = new ListenerSet(posix);
		scripted.inherit(Map.of("fd://3", 101));
		ListenAddress passed = new ListenAddress("http", new BindAddress.Passed(3), new ListenAddress.Options(10));
		assertThat(scripted.open(List.of(passed, MANAGEMENT))).containsOnlyKeys("management");
		scripted.refuseNew(Set.of(passed.key()));
		assertThat(posix.isRefusing(101)).isFalse();
		assertThat(scripted.count(Set.of(passed.key())).blocked()).isFalse();
		scripted.refuseNew(Set.of(passed.key(), MANAGEMENT.key()));
		assertThat(scripted.count(Set.of(passed.key(), MANAGEMENT.key())).blocked()).isTrue();
		scripted.retain(Set.of());
		assertThat(scripted.descriptors()).containsOnlyKeys("fd://3");
		scripted.closeAll();
		assertThat(scripted.descriptors()).isEmpty();
	}

	@Test
	void aDescriptorThatThePoolDidNotUseCannotBeAdoptedLater() {
		ListenAddress passed = new ListenAddress("http", new BindAddress.Passed(3), new ListenAddress.Options(10));
		assertThatExceptionOfType(PosixException.class).isThrownBy(() -> this.sockets.open(List.of(passed)))
			.withMessageContaining("fd://3")
			.withMessageContaining("start it again");
	}

}
