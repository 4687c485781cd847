package io.unicorn.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.ipc.PoolSnapshot.RolloutInfo;
import io.unicorn.ipc.PoolSnapshot.StepInfo;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a roll-out, prints its steps as they happen, and returns its result.
 */
final class RolloutCommand {

	private static final Duration INTERVAL = Duration.ofMillis(500);

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT)
		.withZone(ZoneId.systemDefault());

	private static final String SUCCEEDED = "succeeded";

	private static final String ABORTED = "aborted";

	/** Enough for the reason, which comes last; the pool's log has all lines. */
	private static final int MAX_LINES = 30;

	private final PoolClient pool;

	private final PrintStream out;

	private final PrintStream err;

	private int printed;

	/** The condition printed last for which the roll-out waits. */
	private String waitsFor = "";

	RolloutCommand(PoolClient pool, PrintStream out, PrintStream err) {
		this.pool = pool;
		this.out = out;
		this.err = err;
	}

	/**
	 * Run the command.
	 * @param description the name of the pool
	 * @param wait whether to wait for the result
	 * @param timeout how long to wait at most, or {@code null}
	 * @return the exit status
	 */
	int run(String description, boolean wait, @Nullable Duration timeout) throws CommandFailedException {
		long deadline = System.nanoTime() + ((timeout != null) ? timeout.toNanos() : 0);
		long id = this.pool.rollOut();
		if (id == 0) {
			throw new CommandFailedException(CommandFailedException.FAILED,
					description + " is about to stop, there will be no roll-out");
		}
		this.out.println("roll-out " + id + " of " + description + (wait ? "" : " has been asked for"));
		if (!wait) {
			return 0;
		}
		while (true) {
			RolloutInfo rollout = query(id);
			if (rollout != null && rollout.endedAt() != null) {
				return result(rollout);
			}
			if (timeout != null && System.nanoTime() - deadline >= 0) {
				throw new CommandFailedException(CommandFailedException.UNKNOWN,
						"roll-out " + id + " has not ended within the time given; it goes on");
			}
			this.out.flush();
			LockSupport.parkNanos(INTERVAL.toNanos());
		}
	}

	/**
	 * Query the roll-out, and print its new steps.
	 * @return the roll-out, or {@code null} if it has not begun
	 */
	private @Nullable RolloutInfo query(long id) throws CommandFailedException {
		PoolSnapshot snapshot = this.pool.pool();
		List<RolloutInfo> rollouts = snapshot.rollouts();
		for (RolloutInfo rollout : rollouts) {
			if (rollout.id() == id) {
				for (StepInfo step : rollout.steps().subList(this.printed, rollout.steps().size())) {
					print(step.at(), step.what());
				}
				this.printed = rollout.steps().size();
				return rollout;
			}
		}
		if (!rollouts.isEmpty() && rollouts.get(0).id() > id) {
			throw new CommandFailedException(CommandFailedException.UNKNOWN,
					"so many roll-outs have come after roll-out " + id + " that its result is not kept any more");
		}
		printCondition(snapshot);
		return null;
	}

	/** Print the condition for which the roll-out waits, once. */
	private void printCondition(PoolSnapshot snapshot) {
		boolean running = !snapshot.rollouts().isEmpty() && snapshot.rollouts().get(0).endedAt() == null;
		String condition = running ? "roll-out " + snapshot.rollouts().get(0).id() + " has ended"
				: snapshot.master().state().equals("starting") ? "the first worker is ready"
						: "the master has been replaced";
		if (!condition.equals(this.waitsFor)) {
			this.waitsFor = condition;
			print(Instant.now(), "begins when " + condition);
		}
	}

	private void print(Instant at, String what) {
		this.out.println(TIME.format(at) + "  " + PlainText.of(what));
	}

	private int result(RolloutInfo ended) throws CommandFailedException {
		RolloutInfo rollout = ended;
		if (!rollout.state().equals(SUCCEEDED) && rollout.log().isEmpty()) {
			// The output of a worker may arrive after its exit was recorded.
			LockSupport.parkNanos(INTERVAL.toNanos());
			RolloutInfo later = query(rollout.id());
			rollout = (later != null) ? later : rollout;
		}
		if (rollout.state().equals(SUCCEEDED)) {
			this.out.println("roll-out " + rollout.id() + " has succeeded");
			return 0;
		}
		this.out.flush();
		this.err.println("unicorn: roll-out " + rollout.id() + " was "
				+ (rollout.state().equals(ABORTED) ? "aborted: " : "rolled back: ") + PlainText.of(rollout.reason()));
		List<String> log = rollout.log();
		if (!log.isEmpty()) {
			this.err.println("what was printed last:");
			log.subList(Math.max(0, log.size() - MAX_LINES), log.size())
				.forEach((line) -> this.err.println("| " + PlainText.of(line)));
		}
		return CommandFailedException.FAILED;
	}

}
