package io.unicorn.boot.server;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class SlowRequestsTests {

	private final SlowRequests requests = new SlowRequests(Duration.ofSeconds(10));

	private final long start = System.nanoTime();

	private void check(Duration time) {
		this.requests.check(this.start + time.toNanos());
	}

	@Test
	void aRequestIsLoggedOnceWithTheStackOfItsThreadAndWithoutSecrets(CapturedOutput output) throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		AtomicReference<SlowRequests.Running> running = new AtomicReference<>();
		Thread thread = new Thread(() -> {
			running.set(this.requests.begin("POST", "/orders;jsessionid=SECRET/7"));
			begun.countDown();
			waitHere(end);
			this.requests.end(running.get());
		}, "some-thread");
		thread.start();
		begun.await();
		Awaitility.await().until(() -> thread.getState() == Thread.State.WAITING);
		check(Duration.ofSeconds(9));
		assertThat(output).doesNotContain("Slow request");
		for (int i = 0; i < 10; i++) {
			check(Duration.ofSeconds(70 + 10 * i));
		}
		end.countDown();
		thread.join();
		assertThat(output).containsOnlyOnce("Slow request").doesNotContain("SECRET");
		assertThat(output)
			.containsPattern("Slow request, begun [67]\\d{4} ms ago: POST /orders/7, on thread some-thread\n");
		assertThat(output).containsPattern("\tat \\S*" + SlowRequestsTests.class.getName() + "\\.waitHere\\(");
	}

	private static void waitHere(CountDownLatch end) {
		try {
			end.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void ofSeveralTheOldestComesFirstAndOthersWaitForTheirTurn(CapturedOutput output) {
		this.requests.begin("GET", "/first");
		this.requests.begin("GET", "/second");
		SlowRequests.Running third = this.requests.begin("GET", "/third");
		check(Duration.ofSeconds(20));
		check(Duration.ofSeconds(24));
		assertThat(output).containsOnlyOnce("Slow request").contains("/first");
		this.requests.end(third);
		check(Duration.ofSeconds(25));
		check(Duration.ofSeconds(60));
		assertThat(output).containsOnlyOnce("/first").containsOnlyOnce("/second").doesNotContain("/third");
	}

	@Test
	void aLongPathIsCut(CapturedOutput output) {
		this.requests.begin("GET", "/" + "x".repeat(600));
		check(Duration.ofSeconds(20));
		assertThat(output).contains("x".repeat(499) + "..., on thread").doesNotContain("x".repeat(500));
	}

}
