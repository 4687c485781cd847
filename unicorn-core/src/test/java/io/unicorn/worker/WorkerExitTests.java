package io.unicorn.worker;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.unicorn.ipc.FrameDecoder;
import io.unicorn.ipc.Message;
import io.unicorn.ipc.MessageCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Collects all that an exit does, in order: messages, notices to the observer, and the
 * end of the process, which does not happen.
 */
@Timeout(30)
class WorkerExitTests implements ProcessEnd, WorkerObserver {

	private static final Message.Heartbeat HEARTBEAT = new Message.Heartbeat(42, 0, 0, 0, 1, 0);

	private final BlockingQueue<Object> done = new LinkedBlockingQueue<>();

	private final Drain drain = new Drain((what, fault) -> {
	});

	private final FakeServer server = new FakeServer(1);

	private final WorkerEvents events = new WorkerEvents(this.done::add, this);

	private WorkerExit exit(Duration gracefulTimeout) throws IOException {
		ByteBuffer frame = MessageCodec.encode(new Message.Welcome(0, 1, 1, 0, false, 0, 0));
		FrameDecoder<Message> decoder = new FrameDecoder<>(Message.class);
		byte[] welcome = new byte[frame.remaining()];
		frame.get(welcome);
		ControlConnection connection = new ControlConnection(new ByteArrayInputStream(welcome), new OutputStream() {

			@Override
			public void write(int value) throws IOException {
				write(new byte[] { (byte) value }, 0, 1);
			}

			@Override
			public void write(byte[] bytes, int offset, int length) throws IOException {
				decoder.feed(ByteBuffer.wrap(bytes, offset, length), WorkerExitTests.this.done::add);
			}

		});
		this.drain.add(this.server);
		return new WorkerExit(this.drain, connection, () -> HEARTBEAT, this, this.events, gracefulTimeout, this);
	}

	private void assertNext(Object... expected) throws InterruptedException {
		for (Object each : expected) {
			assertThat(this.done.poll(10, TimeUnit.SECONDS)).isEqualTo(each);
		}
	}

	@Test
	void aLeaderExitsWhenItHasResigned() throws Exception {
		WorkerExit exit = exit(Duration.ofMinutes(1));
		this.server.hangUp();
		CountDownLatch running = new CountDownLatch(1);
		this.events.listen(new NoListener() {

			@Override
			public Map<String, String> leadershipRevoked() {
				try {
					running.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
				return Map.of("task", "due");
			}

		});
		this.events.granted(new Message.Leader(true));
		this.events.revoked();
		exit.drainAndExit(Duration.ofSeconds(20));
		assertNext("draining 20000");
		assertThat(this.done.poll(200, TimeUnit.MILLISECONDS)).as("it waits for what the leader does").isNull();
		running.countDown();
		assertNext(new Message.Resigned(Map.of("task", "due")), HEARTBEAT, new Message.Drained(0), "exit 0");
	}

	@Test
	void theLastMessagesComeBeforeTheExit() throws Exception {
		WorkerExit exit = exit(Duration.ofSeconds(10));
		assertThat(exit.isLeaving()).isFalse();
		exit.drainAndExit(Duration.ofSeconds(9));
		assertThat(exit.isLeaving()).isTrue();
		assertNext("draining 9000");
		this.server.stopped.await();
		assertThat(this.done).isEmpty();
		this.server.hangUp();
		assertNext(HEARTBEAT, new Message.Drained(0), "exit 0");
	}

	@Test
	void connectionsThatOutlastTheTimeoutAreReported() throws Exception {
		exit(Duration.ofSeconds(10)).drainAndExit(Duration.ofMillis(20));
		assertNext("draining 20", HEARTBEAT, new Message.Drained(1), "exit 0");
	}

	@Test
	void aStopCutsADrainShort() throws Exception {
		WorkerExit exit = exit(Duration.ofSeconds(10));
		exit.drainAndExit(Duration.ofSeconds(9));
		this.server.stopped.await();
		exit.stop();
		assertNext("draining 9000", "exit 0");
		assertThat(this.server.calls).containsOnlyOnce("stop");
	}

	@Test
	void aStopReleasesAnExitThatWaitsForADrain() throws Exception {
		WorkerExit exit = exit(Duration.ofHours(1));
		exit.drainAndExit(Duration.ofHours(1));
		this.server.stopped.await();
		CompletableFuture<Void> hook = CompletableFuture.runAsync(exit::drainBeforeExit);
		exit.stop();
		hook.get(10, TimeUnit.SECONDS);
	}

	@Test
	void afterAStopNothingIsDrained() throws Exception {
		WorkerExit exit = exit(Duration.ofSeconds(10));
		exit.stop();
		assertNext("exit 0");
		exit.drainAndExit(Duration.ofSeconds(9));
		exit.masterLost("x");
		exit.drainBeforeExit();
		assertThat(this.done).isEmpty();
		assertThat(this.server.calls).containsExactly("stop");
	}

	@Test
	void aLostMasterIsReportedDrainedForAndHaltedAfter() throws Exception {
		exit(Duration.ofMillis(200)).masterLost("the control connection was closed");
		assertNext("lost: the control connection was closed", HEARTBEAT, new Message.Drained(1), "exit 0", "halt 1");
	}

	@Test
	void aServerThatDoesNotStopDoesNotPreventTheHalt() throws Exception {
		WorkerExit exit = exit(Duration.ofMillis(20));
		CompletableFuture<Void> lost;
		synchronized (this.drain) {
			lost = CompletableFuture.runAsync(() -> exit.masterLost("x"));
			assertNext("lost: x", "halt 1");
			assertThat(this.server.calls).isEmpty();
		}
		lost.get(10, TimeUnit.SECONDS);
	}

	@Test
	void aMasterThatIsLostDuringADrainChangesNothing() throws Exception {
		WorkerExit exit = exit(Duration.ZERO);
		exit.drainAndExit(Duration.ofSeconds(9));
		exit.masterLost("x");
		this.server.hangUp();
		assertNext("draining 9000", HEARTBEAT, new Message.Drained(0), "exit 0");
		assertThat(this.done).isEmpty();
	}

	@Test
	void anExitByASignalDrainsOnceAndLeavesTheEndToTheCaller() throws Exception {
		WorkerExit exit = exit(Duration.ofSeconds(10));
		this.server.hangUp();
		exit.drainBeforeExit();
		exit.drainBeforeExit();
		assertNext("draining 8000", HEARTBEAT, new Message.Drained(0));
		assertThat(this.done).isEmpty();
	}

	@Test
	void anExitByASignalWaitsForARunningDrain() throws Exception {
		WorkerExit exit = exit(Duration.ofSeconds(25));
		exit.drainAndExit(Duration.ofSeconds(20));
		this.server.stopped.await();
		Thread hook = new Thread(exit::drainBeforeExit);
		hook.start();
		await().until(() -> hook.getState() == Thread.State.TIMED_WAITING);
		this.server.hangUp();
		hook.join();
		assertNext("draining 20000", HEARTBEAT, new Message.Drained(0), "exit 0");
	}

	@Override
	public void exit(int code) {
		this.done.add("exit " + code);
	}

	@Override
	public void halt(int code) {
		this.done.add("halt " + code);
	}

	@Override
	public boolean isUnderWay() {
		return false;
	}

	@Override
	public void draining(Duration timeout) {
		this.done.add("draining " + timeout.toMillis());
	}

	@Override
	public void masterLost(String cause) {
		this.done.add("lost: " + cause);
	}

	@Override
	public void leader(boolean leader) {
		throw new IllegalStateException("an exit elects no leader");
	}

	@Override
	public void fault(String what, RuntimeException fault) {
		throw fault;
	}

}
