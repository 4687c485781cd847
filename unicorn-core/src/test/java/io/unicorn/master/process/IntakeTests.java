package io.unicorn.master.process;

import java.time.Duration;

import io.unicorn.ipc.Blob;
import io.unicorn.ipc.CallOutcome;
import io.unicorn.ipc.Message;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class IntakeTests {

	private static final Message.FromWorker HEARTBEAT = new Message.Heartbeat(1, 1, 1, 1, 1, 1);

	private long now = Long.MAX_VALUE - 1000;

	private final Intake intake = new Intake(this.now);

	private void pass(Duration time) {
		this.now += time.toNanos();
	}

	private void receive(Message.FromWorker message, int bytes) {
		this.intake.read(bytes, this.now);
		this.intake.passed(message, bytes);
	}

	@Test
	void anHonestWorkerIsNeverHeldBack() {
		for (int second = 0; second < 3600; second++) {
			for (int i = 0; i < 20; i++) {
				receive(HEARTBEAT, 45);
				this.intake.handled(45);
			}
			for (int i = 0; i < 10; i++) {
				receive(new Message.PoolQuery(i), 13);
				this.intake.handled(13);
			}
			assertThat(this.intake.pauseMillis(this.now)).isZero();
			pass(Duration.ofSeconds(1));
		}
		receive(new Message.Hello(1, java.util.Map.of()), 20_000);
		receive(HEARTBEAT, 45);
		assertThat(this.intake.pauseMillis(this.now)).isZero();
	}

	@Test
	void aFloodIsHeldBackAndBreaksTheProtocolAfterSomeSeconds() {
		int messages = 0;
		int seconds = 0;
		while (!this.intake.isBroken(this.now)) {
			while (this.intake.pauseMillis(this.now) == 0) {
				receive(HEARTBEAT, 45);
				this.intake.handled(45);
				messages++;
			}
			pass(Duration.ofSeconds(1));
			seconds++;
		}
		assertThat(seconds).isBetween(10, 12);
		assertThat(messages).isLessThan(1000 + 13 * 200);
	}

	@Test
	void questionsCountMore() {
		int questions = 0;
		while (this.intake.pauseMillis(this.now) == 0) {
			receive(new Message.PoolQuery(questions++), 13);
			this.intake.handled(13);
		}
		assertThat(questions).isBetween(190, 210);
	}

	@Test
	void manyBytesAreHeldBack() {
		int bytes = 0;
		while (this.intake.pauseMillis(this.now) == 0) {
			this.intake.read(4096, this.now);
			bytes += 4096;
		}
		assertThat(bytes).isBetween(600_000, 700_000);
		assertThat(this.intake.pauseMillis(this.now)).isPositive();
		pass(Duration.ofSeconds(1));
		assertThat(this.intake.pauseMillis(this.now)).isZero();
	}

	@Test
	void aBurstIsForgotten() {
		for (int burst = 0; burst < 20; burst++) {
			while (this.intake.pauseMillis(this.now) == 0) {
				receive(HEARTBEAT, 45);
				this.intake.handled(45);
			}
			pass(Duration.ofSeconds(5));
			assertThat(this.intake.pauseMillis(this.now)).isZero();
			assertThat(this.intake.isBroken(this.now)).isFalse();
		}
	}

	@Test
	void noMoreWaitsForTheMainThreadThanItsShare() {
		int messages = 0;
		while (this.intake.pauseMillis(this.now) == 0) {
			receive(HEARTBEAT, 45);
			messages++;
		}
		assertThat(messages).isEqualTo(101);
		this.intake.handled(45);
		assertThat(this.intake.pauseMillis(this.now)).isZero();
		receive(new Message.BootLog(java.util.List.of()), 200_000);
		assertThat(this.intake.pauseMillis(this.now)).isEqualTo(20);
		assertThat(this.intake.isBroken(this.now)).as("the master is slow, not the worker").isFalse();
	}

	@Test
	void whatTheMasterAsksForIsNotTheDoingOfTheWorker() {
		Message.CallAnswer part = new Message.CallAnswer(1, 1 << 22, 0, Blob.of(new byte[1 << 15]));
		Message.CallResult more = new Message.CallResult(1, 0, CallOutcome.ANSWERED, 1, 1 << 22, 0, part.part());
		for (int i = 0; i < 10_000; i++) {
			this.intake.sent(new Message.Continue(1, 0));
			receive(part, (1 << 15) + 25);
			this.intake.handled((1 << 15) + 25);
			this.intake.sent(more);
			receive(new Message.CallNext(1, 0), 17);
			this.intake.handled(17);
			assertThat(this.intake.pauseMillis(this.now)).isZero();
		}
	}

	@Test
	void partsThatNobodyAsksForAreAFlood() {
		for (int i = 0; i < 1000; i++) {
			// A worker that does not answer for long saves up no more than this.
			this.intake.sent(new Message.Perform(i, Blob.EMPTY));
		}
		int parts = 0;
		while (this.intake.pauseMillis(this.now) == 0) {
			receive(new Message.CallAnswer(1, 1, 0, Blob.of(new byte[1])), 1 << 15);
			this.intake.handled(1 << 15);
			parts++;
		}
		assertThat(parts).isBetween(30, 40);
	}

}
