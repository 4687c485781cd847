package io.unicorn.master.arbiter;

import java.time.Duration;
import java.time.Instant;

import io.unicorn.ipc.Message;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.launch.settings.WorkerClass;
import io.unicorn.master.arbiter.pool.Worker;
import io.unicorn.master.arbiter.pool.Workers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class HangDetectionTests {

	private static final Instant HEARD = Workers.SPAWNED.plusSeconds(100);

	private static Worker worker(long oldestRequestMillis) {
		Worker worker = Workers.ready(1);
		worker.heard(new Message.Heartbeat(5, 1, oldestRequestMillis, 1, 1, 0), HEARD);
		return worker;
	}

	@ParameterizedTest(name = "{0}, timeout {1}, silent for {2}, oldest request {3} ms: {4}")
	@CsvSource(nullValues = "fine", value = { "GTHREAD, PT30S, PT0S, 0, fine", "GTHREAD, PT30S, PT29.999S, 0, fine",
			"GTHREAD, PT30S, PT30S, 0, no heartbeat for 30 s", "GTHREAD, PT30S, PT31S, 0, no heartbeat for 31 s",
			"GTHREAD, PT30S, PT1S, 3600000, fine", "GTHREAD, PT0S, PT24H, 3600000, fine",
			"SYNC, PT30S, PT29.999S, 0, fine", "SYNC, PT30S, PT30S, 0, no heartbeat for 30 s",
			"SYNC, PT30S, PT1S, 29999, fine", "SYNC, PT30S, PT0S, 30000, a request has been running for more than 30 s",
			"SYNC, PT30S, PT1S, 31000, a request has been running for more than 30 s",
			"SYNC, PT30S, PT40S, 31000, no heartbeat for 40 s", "SYNC, PT30S, PT30S, 5, no heartbeat for 30 s",
			"SYNC, PT0S, PT24H, 3600000, fine" })
	void aWorkerIsHungIfItIsSilentOrItsOnlyRequestTakesTooLong(WorkerClass workerClass, Duration timeout,
			Duration silence, long oldestRequestMillis, String hung) {
		PoolSettings settings = Workers.settings(workerClass, timeout);
		assertThat(HangDetection.check(worker(oldestRequestMillis), settings, HEARD.plus(silence))).isEqualTo(hung);
	}

	@Test
	void theDeadlineIsWhenTheCheckFirstFails() {
		for (WorkerClass workerClass : WorkerClass.values()) {
			for (long age : new long[] { 0, 100, 29_999, 30_000, 90_000 }) {
				PoolSettings settings = Workers.settings(workerClass, Duration.ofSeconds(30));
				Worker worker = worker(age);
				Instant deadline = HangDetection.deadline(worker, settings);
				assertThat(HangDetection.check(worker, settings, deadline)).isNotNull();
				assertThat(HangDetection.check(worker, settings, deadline.minusMillis(1))).isNull();
			}
		}
	}

	@Test
	void withoutATimeoutThereIsNoDeadline() {
		assertThat(HangDetection.deadline(worker(99_999), Workers.settings(WorkerClass.SYNC, Duration.ZERO)))
			.isEqualTo(Instant.MAX);
	}

	@ParameterizedTest(name = "timeout {0}: silent for {1} at most")
	@CsvSource({ "PT30S, PT6S", "PT1S, PT0.2S", "PT5M, PT10S", "PT0S, PT10S" })
	void aWorkerMayBeSilentForAFifthOfItsTimeoutAndNotForLong(Duration timeout, Duration silence) {
		assertThat(Workers.settings(WorkerClass.GTHREAD, timeout).heartbeatInterval()).isEqualTo(silence);
	}

	@Test
	void aForgivenSilenceStartsAnew() {
		Worker worker = worker(0);
		worker.forgiveSilence(HEARD.plusSeconds(600));
		PoolSettings settings = Workers.settings(WorkerClass.GTHREAD, Duration.ofSeconds(30));
		assertThat(HangDetection.check(worker, settings, HEARD.plusSeconds(629))).isNull();
		assertThat(HangDetection.check(worker, settings, HEARD.plusSeconds(630))).isNotNull();
	}

}
