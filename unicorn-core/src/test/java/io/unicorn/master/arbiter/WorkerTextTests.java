package io.unicorn.master.arbiter;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.MessageCodec;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A worker's texts of any size: the state of the pool fits into a frame, and the log
 * keeps its lines.
 */
class WorkerTextTests {

	private static List<String> limited(List<String> lines) {
		return ((Message.BootLog) WorkerText.limit(new Message.BootLog(lines))).lines();
	}

	@Test
	void theLastLinesAreKept() {
		List<String> lines = IntStream.range(0, 1000).mapToObj(Integer::toString).toList();
		assertThat(limited(lines)).isEqualTo(lines.subList(800, 1000));
		assertThat(limited(List.of())).isEmpty();
		assertThat(limited(Collections.nCopies(4000, "x".repeat(65_000)))).hasSize(32)
			.allSatisfy((line) -> assertThat(line).hasSize(500).endsWith("…"));
	}

	@Test
	void aPhraseIsOneShortLine() {
		Message.Retire retire = (Message.Retire) WorkerText
			.limit(new Message.Retire("w".repeat(9000), "a\nERROR forged \u001b[31m" + "d".repeat(60_000)));
		assertThat(retire.reason()).hasSize(40);
		assertThat(retire.detail()).hasSize(500).startsWith("a ERROR forged  [31mddd");
		Message.Health health = (Message.Health) WorkerText.limit(new Message.Health(false, "größer"));
		assertThat(health.detail()).isEqualTo("größer");
	}

	@Test
	void whatIsKeptOfWorkersFitsIntoAFrame() {
		SimulatedPool pool = SimulatedPool
			.running(SimulatedPool.settings(4, new RolloutSettings(1, 0, Duration.ofSeconds(5)), Duration.ZERO));
		for (int i = 0; i < 12; i++) {
			pool.signal(ProcessSignal.HUP);
			pool.reach("booting");
			long canary = pool.activeOf(i + 2).get(0);
			pool.receive(canary, new Message.BootLog(Collections.nCopies(16, "\uffff".repeat(20_000))));
			pool.receive(canary, new Message.Health(false, "\uffff".repeat(20_000)));
			pool.exit(canary, 1, 0);
			pool.receive(canary, new Message.BootLog(Collections.nCopies(16, "\uffff".repeat(20_000))));
			pool.reach("rolled-back");
		}
		PoolSnapshot snapshot = pool.snapshot();
		assertThat(snapshot.rollouts()).hasSize(10).allSatisfy((rollout) -> assertThat(rollout.log()).isNotEmpty());
		int frame = MessageCodec.encode(new Message.PoolReply(1, snapshot)).remaining();
		assertThat(frame).isLessThan(MessageCodec.MAX_FRAME_BYTES * 3 / 4);
		Message.PoolReply summary = (Message.PoolReply) pool.query(new Message.PoolQuery(1, false));
		assertThat(MessageCodec.encode(summary).remaining()).isLessThan(4096);
	}

	@Test
	void theWordsUnderWhichExitsAreCountedAreLimited() {
		SimulatedPool pool = SimulatedPool.running(SimulatedPool.settings(2));
		for (int i = 0; i < 60; i++) {
			pool.receive(pool.firstReady(), new Message.Retire("word " + i, ""));
			pool.run(Duration.ofMinutes(1));
		}
		assertThat(pool.snapshot().exits()).hasSizeLessThanOrEqualTo(33).containsKey("other");
	}

	@Test
	void theLinesThatAWorkerCausesAreLimited() {
		SimulatedPool pool = SimulatedPool.running(SimulatedPool.settings(2));
		long worker = pool.firstReady();
		int before = pool.log().size();
		for (int i = 0; i < 1000; i++) {
			pool.receive(worker, new Message.Drained(7));
		}
		assertThat(pool.log()).hasSize(before + 20)
			.last()
			.asString()
			.contains("further lines about messages of this worker are left out for a minute");
		pool.run(Duration.ofMinutes(1));
		pool.receive(worker, new Message.Drained(7));
		assertThat(pool.log()).last().asString().endsWith("when its graceful-timeout was over");
	}

}
