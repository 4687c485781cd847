package io.unicorn.posix.socket;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.unicorn.posix.Listener;
import io.unicorn.posix.PosixException;
import io.unicorn.posix.jnr.JnrPosix;
import io.unicorn.posix.libc.Errno;
import io.unicorn.posix.libc.Kernel;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AcceptQueueTests {

	private static final int IPPROTO_TCP = 6;

	/** Until the client has sent something, its handshake counts as under way. */
	private static final int TCP_DEFER_ACCEPT = 9;

	private final JnrPosix posix = new JnrPosix();

	private final Kernel kernel = Kernel.load();

	private final Acceptor acceptor = LibraryLoader.create(Acceptor.class).load("c");

	private final List<Integer> descriptors = new ArrayList<>();

	private final List<Socket> clients = new ArrayList<>();

	@AfterEach
	void closeAll() throws IOException {
		for (Socket client : this.clients) {
			client.close();
		}
		this.descriptors.forEach(this.posix::close);
	}

	@ParameterizedTest
	@CsvSource({ "0.0.0.0, 127.0.0.1", "::, 127.0.0.1", "::, ::1", "::1, ::1" })
	void admittedConnectionsAreServedAndNewOnesGetNoAnswer(String address, String host) throws Exception {
		Listener listener = listen(address);
		Socket connected = connect(host, listener);
		int accepted = accept(listener);
		Socket waiting = connect(host, listener);
		this.posix.refuseNew(listener.fd());
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> connect(host, listener));
		assertBytesGoBothWays(connected, accepted);
		assertBytesGoBothWays(waiting, accept(listener));
		assertThat(this.posix.waiting(listener.fd())).isZero();
	}

	@Test
	void newConnectionsAreAdmittedAgain() throws Exception {
		Listener listener = listen("127.0.0.1");
		this.posix.refuseNew(listener.fd());
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> connect("127.0.0.1", listener));
		this.posix.admitNew(listener.fd());
		assertBytesGoBothWays(connect("127.0.0.1", listener), accept(listener));
		this.posix.admitNew(listener.fd());
	}

	@Test
	void aClientWithoutAnAnswerIsRefusedOnceTheSocketIsClosed() throws Exception {
		Listener listener = listen("127.0.0.1");
		this.posix.refuseNew(listener.fd());
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> connect("127.0.0.1", listener));
		this.posix.close(listener.fd());
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> connect("127.0.0.1", listener))
			.withMessageContaining("refused");
	}

	@ParameterizedTest
	@CsvSource({ "0.0.0.0, 127.0.0.1", "::, 127.0.0.1", "::, ::1", "::1, ::1" })
	void aHandshakeUnderWayIsCountedAndCompletesAndWakesAnAccept(String address, String host) throws Exception {
		Listener listener = listen(address);
		assertThat(this.kernel.libc()
			.setsockopt(listener.fd(), IPPROTO_TCP, TCP_DEFER_ACCEPT, new int[] { 30 }, Integer.BYTES)).isZero();
		assertThat(this.posix.handshakes(listener.fd())).isZero();
		Socket client = connect(host, listener);
		await().until(() -> this.posix.handshakes(listener.fd()) == 1);
		assertThat(this.posix.waiting(listener.fd())).isZero();
		CompletableFuture<Integer> accepting = CompletableFuture.supplyAsync(() -> accept(listener));
		this.posix.refuseNew(listener.fd());
		client.getOutputStream().write('!');
		int accepted = accepting.get();
		assertThat(this.posix.handshakes(listener.fd())).isZero();
		assertThat(read(accepted)).isEqualTo("!");
		assertBytesGoBothWays(client, accepted);
	}

	@Test
	void connectionsInTheBacklogAreCounted() throws Exception {
		Listener listener = listen("127.0.0.1");
		assertThat(this.posix.waiting(listener.fd())).isZero();
		for (int i = 0; i < 3; i++) {
			connect("127.0.0.1", listener);
		}
		await().until(() -> this.posix.waiting(listener.fd()) == 3);
		accept(listener);
		assertThat(this.posix.waiting(listener.fd())).isEqualTo(2);
		assertThat(this.posix.backlog(listener.fd())).isEqualTo(10);
	}

	@Test
	void aSocketThatDoesNotListenIsRejected() throws Exception {
		Listener listener = listen("127.0.0.1");
		connect("127.0.0.1", listener);
		int accepted = accept(listener);
		assertThatExceptionOfType(PosixException.class).isThrownBy(() -> this.posix.refuseNew(accepted))
			.withMessageContaining("not a listening socket");
		assertThatExceptionOfType(PosixException.class).isThrownBy(() -> this.posix.waiting(accepted));
		assertThatExceptionOfType(PosixException.class).isThrownBy(() -> this.posix.handshakes(accepted));
		assertThatExceptionOfType(PosixException.class).isThrownBy(() -> this.posix.waiting(999_999))
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EBADF));
	}

	private Listener listen(String address) throws IOException {
		InetAddress host = InetAddress.getByName(address);
		if (host instanceof Inet6Address) {
			assumeTrue(NetworkInterface.networkInterfaces()
				.flatMap(NetworkInterface::inetAddresses)
				.anyMatch(Inet6Address.class::isInstance), "there is no IPv6");
		}
		Listener listener = this.posix.listen(host, 0, 10);
		this.descriptors.add(listener.fd());
		return listener;
	}

	private Socket connect(String host, Listener listener) throws IOException {
		Socket client = new Socket();
		this.clients.add(client);
		client.connect(new InetSocketAddress(host, listener.port()), 300);
		return client;
	}

	private int accept(Listener listener) {
		int fd = this.acceptor.accept(listener.fd(), null, null);
		assertThat(fd).isPositive();
		this.descriptors.add(fd);
		return fd;
	}

	private void assertBytesGoBothWays(Socket client, int accepted) throws IOException {
		client.getOutputStream().write("to the server".getBytes(StandardCharsets.ISO_8859_1));
		assertThat(read(accepted)).isEqualTo("to the server");
		byte[] answer = "to the client".getBytes(StandardCharsets.ISO_8859_1);
		assertThat(this.kernel.libc().write(accepted, answer, answer.length)).isEqualTo(answer.length);
		assertThat(client.getInputStream().readNBytes(answer.length)).isEqualTo(answer);
	}

	private String read(int fd) {
		byte[] buffer = new byte[100];
		int count = (int) this.kernel.libc().read(fd, buffer, buffer.length);
		return new String(buffer, 0, count, StandardCharsets.ISO_8859_1);
	}

	/**
	 * Binds {@code accept}, which a worker needs and a master does not.
	 */
	public interface Acceptor {

		int accept(int fd, @Nullable Pointer address, @Nullable Pointer size);

	}

}
