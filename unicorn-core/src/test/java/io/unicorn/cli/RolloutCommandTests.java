package io.unicorn.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RolloutCommandTests {

	private final ByteArrayOutputStream out = new ByteArrayOutputStream();

	private final ByteArrayOutputStream err = new ByteArrayOutputStream();

	private int run(FakePool pool, boolean wait, Duration timeout) throws CommandFailedException {
		return new RolloutCommand(pool, new PrintStream(this.out, true, StandardCharsets.UTF_8),
				new PrintStream(this.err, true, StandardCharsets.UTF_8))
			.run("/srv/app.jar (pid 4700)", wait, timeout);
	}

	/** Return the lines of the output, with a plus sign instead of each time. */
	private List<String> printed() {
		return this.out.toString(StandardCharsets.UTF_8)
			.lines()
			.map((line) -> line.replaceFirst("^\\d\\d:\\d\\d:\\d\\d  ", "+ "))
			.toList();
	}

	private List<String> errors() {
		return this.err.toString(StandardCharsets.UTF_8).lines().toList();
	}

	@Test
	void eachStepIsPrintedOnceAndSuccessReturnsZero() throws Exception {
		FakePool pool = new FakePool(2).then(FakePool.rollout(2, "preparing", "", List.of(), "one"))
			.then(FakePool.rollout(2, "booting", "", List.of(), "one", "two"))
			.then(FakePool.rollout(2, "succeeded", "", List.of(), "one", "two", "three"));
		assertThat(run(pool, true, null)).isZero();
		assertThat(printed()).containsExactly("roll-out 2 of /srv/app.jar (pid 4700)", "+ one", "+ two", "+ three",
				"roll-out 2 has succeeded");
		assertThat(errors()).isEmpty();
	}

	@Test
	void aFailureReturnsOneAndPrintsTheReasonAndTheLastLines() throws Exception {
		FakePool pool = new FakePool(2).then(
				FakePool.rollout(2, "rolled-back", "worker 2 exited", List.of("\033[31mError\033[0m", "last"), "one"));
		assertThat(run(pool, true, null)).isEqualTo(1);
		assertThat(errors()).containsExactly("unicorn: roll-out 2 was rolled back: worker 2 exited",
				"what was printed last:", "| Error", "| last");
	}

	@Test
	void linesThatArriveLateAreWaitedForOnce() throws Exception {
		FakePool late = new FakePool(2).then(FakePool.rollout(2, "rolled-back", "worker 2 exited", List.of(), "one"))
			.then(FakePool.rollout(2, "rolled-back", "worker 2 exited", List.of("late"), "one"));
		assertThat(run(late, true, null)).isEqualTo(1);
		assertThat(errors()).contains("| late");
		assertThat(printed()).containsOnlyOnce("+ one");
		FakePool none = new FakePool(2).then(FakePool.rollout(2, "aborted", "the master was told to stop", List.of()));
		assertThat(run(none, true, null)).isEqualTo(1);
		assertThat(none.queries).isEqualTo(2);
		assertThat(errors()).contains("unicorn: roll-out 2 was aborted: the master was told to stop");
	}

	@Test
	void eachConditionThatTheRolloutWaitsForIsPrintedOnce() throws Exception {
		FakePool pool = new FakePool(2).then("starting")
			.then("running")
			.then(FakePool.rollout(1, "rolling", "", List.of(), "other"))
			.then(FakePool.rollout(1, "rolling", "", List.of(), "other"))
			.then("running", FakePool.rollout(2, "succeeded", "", List.of(), "one"),
					FakePool.rollout(1, "succeeded", "", List.of(), "other"));
		assertThat(run(pool, true, null)).isZero();
		assertThat(printed()).containsExactly("roll-out 2 of /srv/app.jar (pid 4700)",
				"+ begins when the first worker is ready", "+ begins when the master has been replaced",
				"+ begins when roll-out 1 has ended", "+ one", "roll-out 2 has succeeded");
	}

	@Test
	void withoutWaitingTheCommandOnlyAsks() throws Exception {
		FakePool pool = new FakePool(2);
		assertThat(run(pool, false, null)).isZero();
		assertThat(printed()).containsExactly("roll-out 2 of /srv/app.jar (pid 4700) has been asked for");
		assertThat(pool.queries).isZero();
	}

	@Test
	void aPoolThatStopsBeginsNoRollout() {
		assertFails(new FakePool(0), null, 1, "/srv/app.jar (pid 4700) is about to stop, there will be no roll-out");
	}

	@Test
	void afterTheTimeoutTheResultIsUnknown() {
		FakePool pool = new FakePool(2).then(FakePool.rollout(2, "rolling", "", List.of(), "one"));
		assertFails(pool, Duration.ZERO, 3, "roll-out 2 has not ended within the time given; it goes on");
		assertThat(printed()).contains("+ one");
	}

	@Test
	void aResultThatIsNoLongerKeptIsUnknown() {
		FakePool pool = new FakePool(2).then(FakePool.rollout(13, "rolling", "", List.of()));
		assertFails(pool, null, 3, "so many roll-outs have come after roll-out 2 that its result is not kept any more");
	}

	private void assertFails(FakePool pool, Duration timeout, int status, String message) {
		assertThatExceptionOfType(CommandFailedException.class).isThrownBy(() -> run(pool, true, timeout))
			.withMessage(message)
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(status));
	}

}
