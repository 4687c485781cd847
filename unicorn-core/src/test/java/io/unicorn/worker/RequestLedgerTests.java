package io.unicorn.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RequestLedgerTests {

	private final AtomicInteger limitCalls = new AtomicInteger();

	private RequestLedger ledger(long limit) {
		return new RequestLedger(limit, this.limitCalls::incrementAndGet);
	}

	@Test
	void aNewLedgerIsEmpty() {
		RequestLedger ledger = ledger(0);
		assertThat(ledger.finished()).isZero();
		assertThat(ledger.inFlight()).isZero();
		assertThat(ledger.oldestMillis()).isZero();
	}

	@Test
	void aRequestIsInFlightUntilItEnds() {
		RequestLedger ledger = ledger(0);
		int token = ledger.begin();
		assertThat(ledger.inFlight()).isEqualTo(1);
		assertThat(ledger.finished()).isZero();
		ledger.end(token);
		assertThat(ledger.inFlight()).isZero();
		assertThat(ledger.finished()).isEqualTo(1);
	}

	@Test
	void failedRequestsAreCountedAsFinishedAndAsErrors() {
		RequestLedger ledger = ledger(0);
		ledger.end(ledger.begin());
		ledger.end(ledger.begin(), false);
		assertThat(ledger.errors()).isZero();
		ledger.end(ledger.begin(), true);
		ledger.end(ledger.begin(), true);
		assertThat(ledger.errors()).isEqualTo(2);
		assertThat(ledger.finished()).isEqualTo(4);
		assertThat(ledger.inFlight()).isZero();
	}

	@Test
	void theOldestRunningRequestGivesTheAge() {
		RequestLedger ledger = ledger(0);
		int first = ledger.begin();
		Awaitility.await().until(() -> ledger.oldestMillis() >= 30);
		int second = ledger.begin();
		assertThat(ledger.oldestMillis()).isGreaterThanOrEqualTo(30);
		ledger.end(first);
		assertThat(ledger.oldestMillis()).isLessThan(30);
		ledger.end(second);
		assertThat(ledger.oldestMillis()).isZero();
	}

	@Test
	void requestsWithoutASlotAreCounted() {
		RequestLedger ledger = ledger(0);
		List<Integer> tokens = new ArrayList<>();
		for (int i = 0; i < 5000; i++) {
			tokens.add(ledger.begin());
		}
		assertThat(ledger.inFlight()).isEqualTo(5000);
		assertThat(tokens.stream().filter((token) -> token >= 0)).doesNotHaveDuplicates().isNotEmpty();
		tokens.forEach(ledger::end);
		assertThat(ledger.inFlight()).isZero();
		assertThat(ledger.finished()).isEqualTo(5000);
		assertThat(ledger.oldestMillis()).isZero();
	}

	@Test
	void aSlotThatBecameFreeIsUsedAgain() {
		RequestLedger ledger = ledger(0);
		for (int i = 0; i < 5000; i++) {
			int token = ledger.begin();
			assertThat(token).isNotNegative();
			ledger.end(token);
		}
	}

	@Test
	void theLimitIsReportedOnceByTheRequestThatReachesIt() {
		RequestLedger ledger = ledger(3);
		for (int i = 1; i <= 10; i++) {
			ledger.end(ledger.begin());
			assertThat(this.limitCalls).hasValue((i < 3) ? 0 : 1);
		}
	}

	@Test
	void withoutALimitNothingIsReported() {
		RequestLedger ledger = ledger(0);
		for (int i = 0; i < 1000; i++) {
			ledger.end(ledger.begin());
		}
		assertThat(this.limitCalls).hasValue(0);
	}

	@Test
	void countsOfManyThreadsAreExactAndTheLimitIsReportedOnce() throws InterruptedException {
		int threads = 32;
		int requests = 2000;
		RequestLedger ledger = ledger(threads * requests / 2);
		CountDownLatch start = new CountDownLatch(1);
		AtomicInteger negative = new AtomicInteger();
		List<Thread> all = new ArrayList<>();
		for (int i = 0; i < threads; i++) {
			Thread thread = new Thread(() -> {
				awaitQuietly(start);
				for (int request = 0; request < requests; request++) {
					int outer = ledger.begin();
					int inner = ledger.begin();
					if (ledger.inFlight() < 2) {
						negative.incrementAndGet();
					}
					ledger.end(inner);
					ledger.end(outer);
				}
			});
			all.add(thread);
			thread.start();
		}
		start.countDown();
		for (Thread thread : all) {
			thread.join();
		}
		assertThat(ledger.finished()).isEqualTo(2L * threads * requests);
		assertThat(ledger.inFlight()).isZero();
		assertThat(ledger.oldestMillis()).isZero();
		assertThat(this.limitCalls).hasValue(1);
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void aNegativeLimitIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> ledger(-1))
			.withMessage("limit must not be negative, not -1");
	}

}
