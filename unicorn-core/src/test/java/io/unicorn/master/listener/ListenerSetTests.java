package io.unicorn.master.listener;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.unicorn.ipc.PoolSnapshot.ListenerInfo;
import io.unicorn.launch.plan.ListenAddress;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.posix.Listener;
import io.unicorn.posix.PosixException;
import io.unicorn.posix.ScriptedPosix;
import io.unicorn.posix.jnr.JnrPosix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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

	private static ListenAddress address(String name, int port) {
		return new ListenAddress(name, "127.0.0.1", port, 10);
	}

	@AfterEach
	void closeAll() throws IOException {
		for (Socket client : this.clients) {
			client.close();
		}
		this.sockets.retain(Set.of());
	}

	private void connect(Listener listener) throws IOException {
		Socket client = new Socket();
		this.clients.add(client);
		client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.address().getPort()), 500);
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
		String address = "127.0.0.1:" + this.sockets.listener(HTTP).address().getPort();
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

}
