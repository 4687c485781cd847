package io.unicorn.worker;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.MessageReader;
import io.unicorn.ipc.MessageWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

@Timeout(30)
class ControlConnectionTests {

	private static final Message.Welcome WELCOME = new Message.Welcome(2, 7, 3, 10_000, true, 4, 5);

	private static final Duration LONG = Duration.ofSeconds(20);

	private final PipedInputStream fromMaster = new PipedInputStream();

	private final PipedOutputStream masterOut = new PipedOutputStream(this.fromMaster);

	private final MessageWriter<Message.FromMaster> master = new MessageWriter<>(this.masterOut);

	private final PipedOutputStream toMaster = new PipedOutputStream();

	private final MessageReader<Message.FromWorker> sent = new MessageReader<>(new PipedInputStream(this.toMaster),
			Message.FromWorker.class);

	private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();

	ControlConnectionTests() throws IOException {
	}

	private ControlConnection connection(OutputStream out) throws IOException {
		this.master.write(WELCOME);
		ControlConnection connection = new ControlConnection(this.fromMaster, out);
		connection.listen(this.received::add, this.received::add);
		return connection;
	}

	private ControlConnection connection() throws IOException {
		return connection(this.toMaster);
	}

	@Test
	void theFirstMessageIsTheWelcome() throws Exception {
		assertThat(connection().welcome()).isEqualTo(WELCOME);
	}

	@Test
	void anotherFirstMessageIsAnError() throws Exception {
		this.master.write(new Message.Stop());
		assertThatIOException().isThrownBy(() -> new ControlConnection(this.fromMaster, this.toMaster))
			.withMessage("the first message of the master is Stop, not Welcome");
	}

	@Test
	void anEndBeforeTheFirstMessageIsAnError() {
		InputStream empty = new ByteArrayInputStream(new byte[0]);
		assertThatExceptionOfType(EOFException.class).isThrownBy(() -> new ControlConnection(empty, this.toMaster))
			.withMessage("the master has closed the control connection");
	}

	@Test
	void messagesArriveInOrderAndTheEndComesLast() throws Exception {
		connection();
		this.master.write(new Message.Leader(true));
		this.master.write(new Message.Drain(3));
		this.masterOut.close();
		assertThat(List.of(this.received.take(), this.received.take(), this.received.take()))
			.containsExactly(new Message.Leader(true), new Message.Drain(3), "the control connection was closed");
	}

	@Test
	void malformedBytesEndTheConnection() throws Exception {
		connection();
		this.masterOut.write(new byte[] { -1, -1, -1, -1 });
		this.masterOut.flush();
		assertThat(this.received.take()).asString().startsWith("the control connection failed: the length of a frame");
	}

	@Test
	void messagesAreWrittenInTheOrderOfSending() throws Exception {
		ControlConnection connection = connection();
		connection.send(new Message.Started());
		connection.send(new Message.Ready());
		assertThat(this.sent.read()).isEqualTo(new Message.Started());
		assertThat(this.sent.read()).isEqualTo(new Message.Ready());
	}

	@Test
	void whatWasSentBeforeAFlushIsWrittenAfterIt() throws Exception {
		ByteArrayOutputStream written = new ByteArrayOutputStream();
		ControlConnection connection = connection(written);
		connection.send(new Message.Drained(3));
		connection.flush();
		assertThat(
				new MessageReader<>(new ByteArrayInputStream(written.toByteArray()), Message.FromWorker.class).read())
			.isEqualTo(new Message.Drained(3));
	}

	@Test
	void aMasterThatDoesNotReadBlocksNeitherSendNorFlush() throws Exception {
		CountDownLatch blocked = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		ControlConnection connection = connection(new OutputStream() {

			@Override
			public void write(int value) throws IOException {
				blocked.countDown();
				try {
					release.await();
				}
				catch (InterruptedException ex) {
					throw new IOException(ex);
				}
			}

		});
		connection.send(new Message.Ready());
		assertThat(blocked.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
		connection.send(new Message.Ready());
		connection.flush();
		assertThat(release.getCount()).isEqualTo(1);
		release.countDown();
	}

	@Test
	void aSendToALostMasterIsDropped() throws Exception {
		AtomicInteger attempts = new AtomicInteger();
		ControlConnection connection = connection(new OutputStream() {

			@Override
			public void write(int value) throws IOException {
				attempts.incrementAndGet();
				throw new IOException("Broken pipe");
			}

		});
		connection.send(new Message.Ready());
		connection.send(new Message.Ready());
		connection.flush();
		assertThat(attempts).hasValue(2);
	}

	@Test
	void aRepeatedMessageMayBeLeftOutAndMayFail() throws Exception {
		BlockingQueue<RuntimeException> faults = new LinkedBlockingQueue<>();
		AtomicInteger calls = new AtomicInteger();
		connection().sendEvery(Duration.ofMillis(10), () -> {
			int call = calls.incrementAndGet();
			if (call == 2) {
				throw new IllegalStateException("deliberate");
			}
			return (call == 3) ? null : new Message.Drained(call);
		}, faults::add);
		assertThat(this.sent.read()).isEqualTo(new Message.Drained(1));
		assertThat(this.sent.read()).isEqualTo(new Message.Drained(4));
		assertThat(this.sent.read()).isEqualTo(new Message.Drained(5));
		assertThat(faults).singleElement().isInstanceOf(IllegalStateException.class);
	}

	@Test
	void aReplyGoesToItsQueryAloneAndRepliesMayOvertakeEachOther() throws Exception {
		ControlConnection connection = connection();
		CompletableFuture<Long> one = query(connection);
		long first = ((Message.RolloutRequest) this.sent.read()).query();
		CompletableFuture<Long> other = query(connection);
		long second = ((Message.RolloutRequest) this.sent.read()).query();
		this.master.write(new Message.RolloutReply(second + 1, 99));
		this.master.write(new Message.RolloutReply(second, 20));
		this.master.write(new Message.RolloutReply(first, 10));
		assertThat(one.get()).isEqualTo(10);
		assertThat(other.get()).isEqualTo(20);
		assertThat(this.received).isEmpty();
	}

	@Test
	void aQueryWithoutAReplyEndsWithItsTimeoutAndALateReplyIsDropped() throws Exception {
		ControlConnection connection = connection();
		assertThat(connection.query(Message.PoolQuery::new, Message.PoolReply.class, Duration.ofMillis(20))).isEmpty();
		this.master.write(new Message.RolloutReply(((Message.PoolQuery) this.sent.read()).query(), 1));
		this.master.write(new Message.Leader(true));
		assertThat(this.received.take()).isEqualTo(new Message.Leader(true));
	}

	private static CompletableFuture<Long> query(ControlConnection connection) {
		return CompletableFuture.supplyAsync(() -> {
			try {
				return connection
					.query((query) -> new Message.RolloutRequest(query, "test"), Message.RolloutReply.class, LONG)
					.map(Message.RolloutReply::rollout)
					.orElse(-1L);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

}
