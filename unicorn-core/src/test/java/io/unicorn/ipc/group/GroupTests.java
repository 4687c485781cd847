package io.unicorn.ipc.group;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Members of a group that send each other messages.
 */
class GroupTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	@TempDir
	private Path temporary = Path.of("");

	private Path directory = Path.of("");

	private final List<Group> groups = new ArrayList<>();

	private final Map<Group, Recorder> recorders = new ConcurrentHashMap<>();

	/** Keeps what arrives, and answers requests with the same payload. */
	private static final class Recorder implements GroupReceiver {

		final BlockingQueue<String> events = new LinkedBlockingQueue<>();

		final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

		@Override
		public void received(long sender, String topic, byte[] payload) {
			this.messages.add(sender + " " + topic + " " + text(payload));
			if (topic.equals("broken")) {
				throw new IllegalStateException("broken");
			}
		}

		@Override
		public void requested(long sender, String topic, byte[] payload, Reply reply) {
			if (topic.equals("echo")) {
				reply.send(payload);
			}
			else if (topic.equals("refuse")) {
				reply.fail("I am busy");
			}
		}

		@Override
		public void joined(long member) {
			this.events.add("joined " + member);
		}

		@Override
		public void left(long member) {
			this.events.add("left " + member);
		}

		@Override
		public void dropping(long member) {
			this.events.add("dropping " + member);
		}

	}

	@BeforeEach
	void nameDirectory() {
		this.directory = this.temporary.resolve("group");
	}

	@AfterEach
	void leave() {
		this.groups.forEach(Group::close);
	}

	private Group join(long id) throws IOException {
		Recorder recorder = new Recorder();
		Group group = Group.join(this.directory, id, recorder);
		this.groups.add(group);
		this.recorders.put(group, recorder);
		return group;
	}

	private Recorder recorder(Group group) {
		return java.util.Objects.requireNonNull(this.recorders.get(group));
	}

	private String message(Group group) throws InterruptedException {
		return String.valueOf(recorder(group).messages.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS));
	}

	private String event(Group group) throws InterruptedException {
		return String.valueOf(recorder(group).events.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS));
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.UTF_8);
	}

	@Test
	void aMessageReachesAllOthers() throws Exception {
		Group first = join(1);
		Group second = join(2);
		Group third = join(3);
		assertThat(second.publish("greeting", bytes("hello"))).isEqualTo(2);
		assertThat(message(first)).isEqualTo("2 greeting hello");
		assertThat(message(third)).isEqualTo("2 greeting hello");
		assertThat(recorder(second).messages).isEmpty();
		assertThat(second.figures().sent()).isEqualTo(2);
		assertThat(first.figures()).isEqualTo(new GroupFigures(0, 1, 0, 0));
	}

	@Test
	void aMemberGetsWhatIsSentAfterItHasJoined() throws Exception {
		Group first = join(1);
		for (int id = 2; id < 20; id++) {
			Group next = join(id);
			assertThat(first.members()).contains((long) id);
			assertThat(next.members()).contains(1L);
			first.publish("count", bytes("" + id));
			assertThat(message(next)).isEqualTo("1 count " + id);
		}
	}

	@Test
	void theMessagesOfAThreadArriveInOrder() throws Exception {
		Group first = join(1);
		Group second = join(2);
		IntStream.range(0, 5000).forEach((number) -> first.publish("count", bytes("" + number)));
		for (int number = 0; number < 5000; number++) {
			assertThat(message(second)).isEqualTo("1 count " + number);
		}
	}

	@Test
	void membersThatJoinAtOnceFindEachOther() throws Exception {
		List<Thread> threads = new ArrayList<>();
		List<Group> joined = java.util.Collections.synchronizedList(new ArrayList<>());
		for (int id = 1; id <= 8; id++) {
			long own = id;
			Thread thread = new Thread(() -> {
				try {
					joined.add(Group.join(this.directory, own, new Recorder()));
				}
				catch (IOException ex) {
					throw new java.io.UncheckedIOException(ex);
				}
			});
			threads.add(thread);
			thread.start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		this.groups.addAll(joined);
		assertThat(joined).hasSize(8).allSatisfy((group) -> assertThat(group.members()).hasSize(7));
	}

	@Test
	void aLargeMessageArrivesWhole() throws Exception {
		Group first = join(1);
		Group second = join(2);
		String large = "x".repeat(Group.MAX_BYTES);
		first.publish("large", bytes(large));
		first.publish("small", bytes("y"));
		assertThat(message(second)).isEqualTo("1 large " + large);
		assertThat(message(second)).isEqualTo("1 small y");
		assertThatIllegalArgumentException().isThrownBy(() -> first.publish("large", new byte[Group.MAX_BYTES + 1]));
		assertThatIllegalArgumentException().isThrownBy(() -> first.publish("x".repeat(1025), new byte[0]));
	}

	@Test
	void aRequestGetsTheReplyOfTheMemberThatWasAsked() throws Exception {
		Group first = join(1);
		Group second = join(2);
		assertThat(text(first.request(2, "echo", bytes("hello"), TIMEOUT).get())).isEqualTo("hello");
		assertThat(text(second.request(1, "echo", bytes("back"), TIMEOUT).get())).isEqualTo("back");
		assertThatThrownBy(() -> first.request(2, "refuse", bytes(""), TIMEOUT).get())
			.hasRootCauseInstanceOf(RequestFailedException.class)
			.hasMessageContaining("I am busy");
		assertThatThrownBy(() -> first.request(7, "echo", bytes(""), TIMEOUT).get())
			.hasMessageContaining("there is no member 7");
		assertThatThrownBy(() -> first.request(2, "ignore", bytes(""), Duration.ofMillis(50)).get())
			.hasRootCauseInstanceOf(java.util.concurrent.TimeoutException.class);
	}

	@Test
	void aRequestToAMemberThatLeavesFails() throws Exception {
		Group first = join(1);
		Group second = join(2);
		var reply = first.request(2, "ignore", bytes(""), TIMEOUT);
		second.close();
		assertThatThrownBy(reply::get).hasMessageContaining("the member has gone");
		assertThat(event(first)).isEqualTo("joined 2");
		assertThat(event(first)).isEqualTo("left 2");
		assertThat(first.members()).isEmpty();
		assertThat(this.directory).isDirectoryNotContaining("glob:**/2");
	}

	@Test
	void aMemberThatDoesNotReadHoldsUpNoneAndLosesWhatIsTooMuch() throws Exception {
		Group first = join(1);
		// A member whose process is stopped.
		Files.createDirectories(this.directory);
		try (SocketChannel stopped = SocketChannel.open(UnixDomainSocketAddress.of(this.directory.resolve("1")))) {
			stopped.write(Frame.hello(2).encode());
			assertThat(event(first)).isEqualTo("joined 2");
			byte[] payload = new byte[10_000];
			for (int number = 0; number < 4000; number++) {
				first.publish("count", payload);
			}
			GroupFigures figures = first.figures();
			assertThat(figures.sent() + figures.dropped()).isEqualTo(4000);
			assertThat(figures.sent() * 10_000).isBetween(10_000_000L, 20_000_000L);
			assertThat(event(first)).isEqualTo("dropping 2");
			Group third = join(3);
			first.publish("count", bytes("alive"));
			assertThat(message(third)).isEqualTo("1 count alive");
			assertThat(event(first)).isEqualTo("joined 3");
			// It goes on, and gets all that was not dropped.
			long read = 0;
			ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
			while (read < figures.sent() * 10_000) {
				buffer.clear();
				int count = stopped.read(buffer);
				assertThat(count).isPositive();
				read += count;
			}
		}
	}

	@Test
	void theSocketOfAMemberThatWasKilledIsRemoved() throws Exception {
		Files.createDirectories(this.directory);
		ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
		killed.bind(UnixDomainSocketAddress.of(this.directory.resolve("1")));
		killed.close();
		Group second = join(2);
		assertThat(second.members()).isEmpty();
		assertThat(this.directory).isDirectoryNotContaining("glob:**/1");
	}

	@Test
	void aConnectionThatSpeaksSomethingElseIsClosed() throws Exception {
		Group first = join(1);
		for (ByteBuffer wrong : List.of(ByteBuffer.wrap(bytes("GET / HTTP/1.1\r\n\r\n")),
				new Frame(Frame.Type.MESSAGE, 0, "topic", io.unicorn.ipc.Blob.of(bytes("before hello"))).encode())) {
			try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(this.directory.resolve("1")))) {
				client.write(wrong);
				assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
			}
		}
		Group second = join(2);
		second.publish("topic", bytes("after"));
		assertThat(message(first)).isEqualTo("2 topic after");
	}

	@Test
	void whatAReceiverThrowsIsCounted() throws Exception {
		Group first = join(1);
		Group second = join(2);
		second.publish("broken", bytes(""));
		second.publish("whole", bytes(""));
		assertThat(message(first)).startsWith("2 broken");
		assertThat(message(first)).startsWith("2 whole");
		assertThat(first.figures().failed()).isEqualTo(1);
	}

	@Test
	void theFilesAreForTheUserAlone() throws Exception {
		join(1);
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(this.directory))).isEqualTo("rwx------");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(this.directory.resolve("1"))))
			.isEqualTo("rw-------");
	}

	@Test
	void aPathThatIsTooLongIsRefused() {
		this.directory = this.temporary.resolve("x".repeat(120));
		assertThatThrownBy(() -> join(1)).isInstanceOf(IOException.class);
		assertThat(Set.copyOf(this.groups)).isEmpty();
	}

}
