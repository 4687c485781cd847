package io.unicorn.master.command;

import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.MessageReader;
import io.unicorn.ipc.MessageWriter;
import io.unicorn.launch.plan.MasterLog;
import io.unicorn.launch.workdir.CommandSocket;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.log.LogQueue;
import io.unicorn.master.log.LogWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

/**
 * The socket for commands, with real connections and a test in the place of the arbiter.
 */
@Timeout(60)
class CommandsTests {

	@TempDir
	private Path directory;

	private final BlockingQueue<Event.Query> asked = new LinkedBlockingQueue<>();

	private final List<SocketChannel> connections = new ArrayList<>();

	private LogQueue log;

	private Commands commands;

	private Path workDir;

	private Path socket;

	@BeforeEach
	void create() {
		this.log = new LogQueue(new LogWriter(4711, "shop", MasterLog.text(this.directory.resolve("log").toString())));
		this.commands = new Commands(this.log, (event) -> this.asked.add((Event.Query) event));
		this.workDir = this.directory.resolve("work");
		this.socket = this.workDir.resolve("commands/1-2-3");
	}

	@AfterEach
	void close() throws IOException {
		this.commands.close();
		for (SocketChannel connection : this.connections) {
			connection.close();
		}
	}

	private void listen() {
		this.commands.listen(this.socket.toString(), this.workDir);
		assertThat(logged()).isEmpty();
	}

	private String logged() {
		this.log.flush(Duration.ofSeconds(10));
		try {
			return Files.readString(this.directory.resolve("log"));
		}
		catch (IOException ex) {
			throw new java.io.UncheckedIOException(ex);
		}
	}

	private SocketChannel connect() throws IOException {
		SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(this.socket));
		this.connections.add(channel);
		return channel;
	}

	private static void send(SocketChannel channel, Message.Question question) throws IOException {
		new MessageWriter<Message.Question>(Channels.newOutputStream(channel)).write(question);
	}

	private static Message.FromMaster receive(SocketChannel channel) throws IOException {
		return new MessageReader<>(Channels.newInputStream(channel), Message.FromMaster.class).read();
	}

	private Event.Query question() throws InterruptedException {
		Event.Query event = this.asked.poll(30, TimeUnit.SECONDS);
		assertThat(event).isNotNull();
		return event;
	}

	@Test
	void eachClientGetsItsOwnAnswers() throws Exception {
		listen();
		SocketChannel one = connect();
		send(one, new Message.PoolQuery(1));
		Event.Query first = question();
		SocketChannel other = connect();
		send(other, new Message.PoolQuery(2));
		Event.Query second = question();

		this.commands.answer(new Effect.Answer(second.client(), new Message.RolloutReply(2, 20)));
		this.commands.answer(new Effect.Answer(first.client(), new Message.RolloutReply(1, 10)));

		assertThat(receive(one)).isEqualTo(new Message.RolloutReply(1, 10));
		assertThat(receive(other)).isEqualTo(new Message.RolloutReply(2, 20));
		send(one, new Message.PoolQuery(3));
		assertThat(question()).isEqualTo(new Event.Query(first.client(), new Message.PoolQuery(3)));
	}

	@Test
	void aSocketThatWasDeletedIsOpenedAgain() throws Exception {
		listen();
		this.commands.keep();
		assertThat(logged()).isEmpty();
		Files.delete(this.socket);
		this.commands.keep();
		send(connect(), new Message.PoolQuery(1));
		assertThat(question().question()).isEqualTo(new Message.PoolQuery(1));
		assertThat(logged().lines()).singleElement().asString().contains("WARN", this.socket + " was deleted");
	}

	@Test
	void whileSuspendedNoConnectionIsAcceptedAndAClientKeepsItsOwn() throws Exception {
		listen();
		SocketChannel before = connect();
		send(before, new Message.PoolQuery(1));
		this.commands.answer(new Effect.Answer(question().client(), new Message.RolloutReply(1, 1)));
		receive(before);
		this.commands.suspend();
		assertThatIOException().isThrownBy(this::connect);
		assertThat(this.socket).exists();
		send(before, new Message.PoolQuery(2));
		assertThat(question().question()).isEqualTo(new Message.PoolQuery(2));

		this.commands.resume();
		send(connect(), new Message.PoolQuery(3));
		assertThat(question().question()).isEqualTo(new Message.PoolQuery(3));
		this.commands.resume();
		send(connect(), new Message.PoolQuery(4));
		assertThat(question().question()).isEqualTo(new Message.PoolQuery(4));
		assertThat(logged()).isEmpty();
	}

	@Test
	void whoWantsARollOutIsWhatTheKernelSays() throws Exception {
		listen();
		send(connect(), new Message.RolloutRequest(1, "somebody else\nERROR"));
		String user = Files.getOwner(Path.of("/proc/self")).getName();
		assertThat(question().question()).isEqualTo(new Message.RolloutRequest(1, "command of user " + user));
	}

	@Test
	void onlyTheOwnerCanReachTheSocketAndItIsRemovedInTheEnd() throws IOException {
		listen();
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(this.socket))).isEqualTo("rw-------");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(this.workDir))).isEqualTo("rwx------");
		this.commands.close();
		assertThat(this.socket).doesNotExist();
		assertThatIOException().isThrownBy(this::connect);
		assertThat(logged()).isEmpty();
	}

	@Test
	void whatIsLeftOfAnotherMasterIsNoObstacle() throws Exception {
		CommandSocket.secure(this.socket);
		ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(this.socket)).close();
		assertThat(this.socket).exists();
		listen();
		send(connect(), new Message.PoolQuery(1));
		assertThat(question().question()).isEqualTo(new Message.PoolQuery(1));
	}

	@Test
	void whoSaysNothingHoldsNobodyUpAndTheOldestGoesWhenThereAreTooMany() throws Exception {
		listen();
		List<SocketChannel> silent = new ArrayList<>();
		for (int i = 0; i < Commands.MOST; i++) {
			silent.add(connect());
			// Each is served by now, so they are in order.
			send(silent.get(i), new Message.PoolQuery(i));
			assertThat(question().question().query()).isEqualTo(i);
		}
		SocketChannel late = connect();
		send(late, new Message.PoolQuery(99));
		assertThat(question().question().query()).isEqualTo(99);
		assertThat(receive(silent.get(0))).as("the end of the oldest").isNull();
		await().untilAsserted(() -> assertThat(threads()).hasSize(Commands.MOST));
	}

	@Test
	void anAnswerForSomebodyWhoHasLeftIsDropped() throws Exception {
		listen();
		SocketChannel channel = connect();
		send(channel, new Message.PoolQuery(1));
		Event.Query left = question();
		channel.close();
		this.commands.answer(new Effect.Answer(left.client(), new Message.RolloutReply(1, 1)));
		this.commands.answer(new Effect.Answer(77, new Message.RolloutReply(1, 1)));
		await().untilAsserted(() -> assertThat(threads()).isEmpty());
		assertThat(logged()).isEmpty();
	}

	private static List<String> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("unicorn-command-"))
			.toList();
	}

	@Test
	void aMessageThatIsNoQuestionEndsTheConnectionAndNothingElse() throws Exception {
		listen();
		SocketChannel bad = connect();
		new MessageWriter<Message.FromWorker>(Channels.newOutputStream(bad)).write(new Message.Ready());
		assertThat(receive(bad)).isNull();
		SocketChannel garbage = connect();
		garbage.write(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
		assertThat(endOf(garbage)).isTrue();
		send(connect(), new Message.PoolQuery(5));
		assertThat(question().question().query()).isEqualTo(5);
		assertThat(logged().lines()).hasSize(2)
			.allSatisfy((line) -> assertThat(line).contains(" WARN ", "a command was not understood: "));
	}

	/** What is unread when a connection is closed makes the end a reset. */
	private static boolean endOf(SocketChannel channel) {
		try {
			return channel.read(ByteBuffer.allocate(1)) < 0;
		}
		catch (IOException ex) {
			return true;
		}
	}

	@Test
	void aSocketThatCannotBeOpenedIsALineInTheLog() throws IOException {
		this.commands.listen(null, this.workDir);
		assertThat(logged()).contains(" WARN ",
				"no commands are taken, only signals: there is no private directory with a path that is short enough");
		Path file = Files.writeString(this.directory.resolve("file"), "");
		this.commands.listen(file + "/commands/1-2-3", this.workDir);
		assertThat(logged().lines()).hasSize(2).last().asString().contains("no commands are taken", file.toString());
	}

	@Test
	void tooFewDescriptorsOrThreadsDelayACommandAndEndNothing() throws Exception {
		AtomicInteger started = new AtomicInteger();
		Commands delayed = new Commands(this.log, (event) -> this.asked.add((Event.Query) event),
				(task) -> (started.incrementAndGet() == 1) ? new FailingThread() : new Thread(task), Duration.ZERO);
		CommandSocket.secure(this.socket);
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
			.bind(UnixDomainSocketAddress.of(this.socket))) {
			SocketChannel refused = connect();
			SocketChannel served = connect();
			AtomicInteger accepted = new AtomicInteger();
			delayed.accept(() -> {
				if (accepted.incrementAndGet() <= 2) {
					throw new SocketException("accept: Too many open files");
				}
				return server.accept();
			}, () -> accepted.get() < 4);
			assertThat(receive(refused)).isNull();
			send(served, new Message.PoolQuery(5));
			assertThat(question().question().query()).isEqualTo(5);
		}
		delayed.close();
		assertThat(logged().lines()).singleElement()
			.asString()
			.contains(" WARN ", "a command has to wait: accept: Too many open files");
	}

	private static final class FailingThread extends Thread {

		@Override
		public synchronized void start() {
			throw new OutOfMemoryError("unable to create native thread");
		}

	}

	@Test
	void aSocketElsewhereIsTold() {
		this.commands.listen(this.socket.toString(), Path.of("/a/very/long/path"));
		assertThat(logged()).contains(" INFO ", "commands are taken at " + this.socket
				+ ", because a path in unicorn.work-dir would be too long for a socket");
	}

}
