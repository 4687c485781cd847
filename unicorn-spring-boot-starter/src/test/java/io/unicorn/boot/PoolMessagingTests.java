package io.unicorn.boot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Messages between workers, each of which is a member of the same group here.
 */
class PoolMessagingTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	@TempDir
	private Path directory = Path.of("");

	private final List<PoolMessaging> workers = new ArrayList<>();

	@AfterEach
	void close() {
		this.workers.forEach(PoolMessaging::close);
	}

	private PoolMessaging worker(long id, AtomicBoolean leads) throws IOException {
		PoolMessaging worker = PoolMessaging.join(this.directory, id, leads::get);
		this.workers.add(worker);
		return worker;
	}

	private PoolMessaging worker(long id) throws IOException {
		return worker(id, new AtomicBoolean());
	}

	private static BlockingQueue<String> listen(PoolMessaging worker, String topic) {
		BlockingQueue<String> messages = new LinkedBlockingQueue<>();
		worker.subscribe(topic, (message) -> {
			messages.add(message.sender() + " " + message.text());
			return null;
		});
		return messages;
	}

	private static String next(BlockingQueue<String> messages) throws InterruptedException {
		return String.valueOf(messages.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS));
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.UTF_8);
	}

	@Test
	void aMessageReachesTheListenersOfItsTopicInAllWorkers() throws Exception {
		PoolMessaging first = worker(1);
		PoolMessaging second = worker(2);
		List<BlockingQueue<String>> listeners = List.of(listen(first, "news"), listen(second, "news"),
				listen(second, "news"));
		BlockingQueue<String> other = listen(first, "other");
		first.publish("news", "hello");
		for (BlockingQueue<String> listener : listeners) {
			assertThat(next(listener)).isEqualTo("1 hello");
		}
		assertThat(second.publishToOthers("other", bytes("back"))).isEqualTo(1);
		assertThat(next(other)).isEqualTo("2 back");
	}

	@Test
	void aSingleProcessIsItsOwnReceiver() throws Exception {
		PoolMessaging alone = PoolMessaging.alone();
		BlockingQueue<String> listener = listen(alone, "news");
		alone.publish("news", "hello");
		assertThat(next(listener)).isEqualTo("0 hello");
		alone.subscribe("echo", PoolMessage::payload);
		assertThat(text(alone.requestLeader("echo", bytes("me"), TIMEOUT).get())).isEqualTo("me");
		assertThat(alone.others()).isEmpty();
		alone.close();
	}

	@Test
	void aWorkerOrTheLeaderIsAsked() throws Exception {
		AtomicBoolean leads = new AtomicBoolean();
		PoolMessaging first = worker(1, leads);
		PoolMessaging second = worker(2);
		first.subscribe("who", (message) -> bytes("first"));
		second.subscribe("who", (message) -> bytes("second"));
		assertThat(text(first.request(2, "who", bytes(""), TIMEOUT).get())).isEqualTo("second");
		assertThat(text(second.request(2, "who", bytes(""), TIMEOUT).get())).isEqualTo("second");
		assertThatThrownBy(() -> second.requestLeader("who", bytes(""), TIMEOUT).get())
			.hasMessageContaining("no leader");
		leads.set(true);
		first.leading();
		// Sent before, so it has arrived when the answer has.
		assertThat(text(first.request(2, "who", bytes(""), TIMEOUT).get())).isEqualTo("second");
		assertThat(text(second.requestLeader("who", bytes(""), TIMEOUT).get())).isEqualTo("first");
		assertThat(text(first.requestLeader("who", bytes(""), TIMEOUT).get())).isEqualTo("first");
		PoolMessaging third = worker(3);
		assertThat(text(third.requestLeader("who", bytes(""), TIMEOUT).get())).isEqualTo("first");
	}

	@Test
	void aRequestFailsWhereNoneAnswers() throws Exception {
		PoolMessaging first = worker(1);
		PoolMessaging second = worker(2);
		assertThatThrownBy(() -> first.request(2, "unknown", bytes(""), TIMEOUT).get())
			.hasMessageContaining("no listener for the topic unknown");
		second.subscribe("broken", (message) -> {
			throw new IllegalStateException("broken");
		});
		assertThatThrownBy(() -> first.request(2, "broken", bytes(""), TIMEOUT).get()).hasMessageContaining("broken");
	}

	@Test
	void aSlowListenerLosesWhatIsTooMuchAndHoldsUpNoOther() throws Exception {
		PoolMessaging first = worker(1);
		PoolMessaging second = worker(2);
		CountDownLatch slow = new CountDownLatch(1);
		second.subscribe("news", (message) -> {
			try {
				slow.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			return null;
		});
		BlockingQueue<String> quick = listen(second, "news");
		for (int number = 0; number < 12_000; number++) {
			first.publish("news", "" + number);
		}
		int received = 0;
		for (String message = next(quick); !message.equals("1 11999"); message = next(quick)) {
			received++;
		}
		assertThat(received).isEqualTo(11_999);
		assertThat(second.dropped()).isBetween(1_990L, 2_000L);
		assertThat(first.dropped()).isZero();
		slow.countDown();
	}

	@Test
	void largeMessagesOfASlowListenerDoNotFillTheMemory() throws Exception {
		PoolMessaging alone = PoolMessaging.alone();
		CountDownLatch slow = new CountDownLatch(1);
		alone.subscribe("news", (message) -> {
			try {
				slow.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			return null;
		});
		byte[] large = new byte[PoolMessaging.MAX_BYTES];
		for (int number = 0; number < 100; number++) {
			alone.publish("news", large);
		}
		assertThat(alone.dropped()).isBetween(34L, 36L);
		slow.countDown();
		alone.close();
	}

	@Test
	void aListenerGetsWhatHasComeWhileTheApplicationWasBuilt() throws Exception {
		PoolMessaging first = worker(1);
		PoolMessaging second = worker(2);
		BlockingQueue<String> early = listen(second, "news");
		first.publish("news", "before");
		assertThat(next(early)).isEqualTo("1 before");
		BlockingQueue<String> late = listen(second, "news");
		assertThat(next(late)).isEqualTo("1 before");
		second.started();
		first.publish("news", "after");
		assertThat(next(early)).isEqualTo("1 after");
		assertThat(next(late)).isEqualTo("1 after");
		BlockingQueue<String> last = listen(second, "news");
		first.publish("news", "end");
		assertThat(next(last)).isEqualTo("1 end");
	}

	@Test
	void aWorkerThatCannotJoinTakesNoOtherForItself() throws Exception {
		PoolMessaging apart = PoolMessaging.apart(3, () -> false);
		apart.subscribe("who", (message) -> bytes("me"));
		assertThat(text(apart.request(3, "who", bytes(""), TIMEOUT).get())).isEqualTo("me");
		assertThatThrownBy(() -> apart.request(1, "who", bytes(""), TIMEOUT).get()).hasMessageContaining("no worker 1");
		assertThatThrownBy(() -> apart.requestLeader("who", bytes(""), TIMEOUT).get())
			.hasMessageContaining("no leader is known");
		apart.close();
	}

	@Test
	void anErrorInAListenerEndsTheRequest() throws Exception {
		PoolMessaging alone = PoolMessaging.alone();
		alone.subscribe("broken", (message) -> {
			throw new StackOverflowError();
		});
		assertThatThrownBy(() -> alone.requestLeader("broken", bytes(""), TIMEOUT).get())
			.hasMessageContaining("StackOverflowError");
		alone.close();
	}

}
