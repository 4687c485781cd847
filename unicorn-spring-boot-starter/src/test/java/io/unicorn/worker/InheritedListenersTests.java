package io.unicorn.worker;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

class InheritedListenersTests {

	private static int number(ServerSocketChannel channel) throws ReflectiveOperationException {
		Field field = channel.getClass().getDeclaredField("fd");
		field.setAccessible(true);
		Field number = FileDescriptor.class.getDeclaredField("fd");
		number.setAccessible(true);
		return number.getInt(field.get(channel));
	}

	@Test
	void aListenerThatWasDuplicatedStaysOpen() throws Exception {
		ServerSocketChannel first = ServerSocketChannel.open()
			.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		var address = first.getLocalAddress();
		InheritedListeners listeners = new InheritedListeners("http:" + number(first) + ",management:-1");
		InheritedListeners duplicated = listeners.duplicated();
		assertThat(duplicated.toString()).matches("http:\\d+,management:-1").isNotEqualTo(listeners.toString());
		first.close();
		try (ServerSocketChannel second = duplicated.take("http"); SocketChannel client = SocketChannel.open(address)) {
			assertThat(second.accept().getRemoteAddress()).isEqualTo(client.getLocalAddress());
		}
	}

	@Test
	void aListenerThatIsClosedCannotBeDuplicated() {
		assertThatIOException().isThrownBy(() -> new InheritedListeners("http:100000").duplicated())
			.withMessageContaining("100000");
	}

	@Test
	void aListenerThatWasNotInheritedIsRefused() {
		assertThatIOException().isThrownBy(() -> new InheritedListeners("http:4").take("other"))
			.withMessageContaining("'other'");
	}

	@Test
	void aUnixSocketIsAcceptedFrom(@TempDir Path directory) throws Exception {
		UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("app.sock"));
		try (ServerSocketChannel first = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address)) {
			InheritedListeners listeners = new InheritedListeners("http:" + number(first) + ":unix").duplicated();
			assertThat(listeners.toString()).matches("http:\\d+:unix");
			try (ServerSocketChannel second = listeners.take("http");
					SocketChannel client = SocketChannel.open(address);
					SocketChannel accepted = second.accept()) {
				assertThat(second.getLocalAddress()).isEqualTo(address);
				client.write(ByteBuffer.wrap(new byte[] { 42 }));
				ByteBuffer received = ByteBuffer.allocate(1);
				assertThat(accepted.read(received)).isEqualTo(1);
				assertThat(received.get(0)).isEqualTo((byte) 42);
			}
		}
	}

	@Test
	void aBlockedAcceptOfAUnixSocketEndsWithItsChannel(@TempDir Path directory) throws Exception {
		UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("app.sock"));
		try (ServerSocketChannel first = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address)) {
			ServerSocketChannel second = new InheritedListeners("http:" + number(first) + ":unix").duplicated()
				.take("http");
			CompletableFuture<SocketChannel> accepting = new CompletableFuture<>();
			Thread acceptor = new Thread(() -> {
				try {
					accepting.complete(second.accept());
				}
				catch (IOException ex) {
					accepting.completeExceptionally(ex);
				}
			});
			acceptor.start();
			await().until(() -> acceptor.getState() == Thread.State.RUNNABLE && isInAccept(acceptor));
			second.close();
			assertThat(accepting).failsWithin(Duration.ofSeconds(30))
				.withThrowableThat()
				.withCauseInstanceOf(ClosedChannelException.class);
			try (SocketChannel client = SocketChannel.open(address); SocketChannel accepted = first.accept()) {
				assertThat(accepted.isConnected()).isTrue();
				assertThat(client.isConnected()).isTrue();
			}
		}
	}

	private static boolean isInAccept(Thread thread) {
		return Stream.of(thread.getStackTrace()).anyMatch((frame) -> frame.getMethodName().startsWith("accept"));
	}

	@Test
	void allListenersOfAServerAreTakenInTheirOrder() throws Exception {
		List<ServerSocketChannel> opened = new ArrayList<>();
		List<String> entries = new ArrayList<>();
		for (String name : List.of("http", "http-2", "management", "http-custom", "http-10")) {
			ServerSocketChannel channel = ServerSocketChannel.open()
				.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
			opened.add(channel);
			entries.add(name + ":" + number(channel));
		}
		InheritedListeners listeners = new InheritedListeners(String.join(",", entries)).duplicated();
		List<ServerSocketChannel> taken = listeners.takeAll("http");
		try {
			assertThat(taken).hasSize(3);
			assertThat(taken.get(0).getLocalAddress()).isEqualTo(opened.get(0).getLocalAddress());
			assertThat(taken.get(1).getLocalAddress()).isEqualTo(opened.get(1).getLocalAddress());
			assertThat(taken.get(2).getLocalAddress()).isEqualTo(opened.get(4).getLocalAddress());
		}
		finally {
			for (ServerSocketChannel channel : Stream.concat(taken.stream(), opened.stream()).toList()) {
				channel.close();
			}
		}
	}

	@Test
	void aServerWithoutAListenerIsRefused() {
		assertThatIOException().isThrownBy(() -> new InheritedListeners("http-2:-1").takeAll("http"))
			.withMessageContaining("'http'");
		assertThatIOException().isThrownBy(() -> new InheritedListeners("").takeAll("http"))
			.withMessageContaining("'http'");
	}

}
