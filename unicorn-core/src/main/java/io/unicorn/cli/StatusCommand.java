package io.unicorn.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.ipc.PoolSnapshot.RolloutInfo;
import io.unicorn.ipc.PoolSnapshot.WorkerInfo;

/**
 * Prints the present state of a pool.
 */
final class StatusCommand {

	private final PoolClient pool;

	private final PrintStream out;

	StatusCommand(PoolClient pool, PrintStream out) {
		this.pool = pool;
		this.out = out;
	}

	/**
	 * Run the command.
	 * @param description the name of the pool
	 */
	void run(String description) throws CommandFailedException {
		PoolSnapshot snapshot = this.pool.pool();
		Instant now = Instant.now();
		head(description, snapshot, now).forEach(this.out::println);
		this.out.println();
		row("worker", "pid", "generation", "state", "requests", "in flight", "age");
		for (WorkerInfo worker : snapshot.workers()) {
			row(worker.index() + (worker.leader() ? " *" : ""), worker.pid(), worker.generation(),
					PlainText.of(worker.state()), worker.requests(), worker.inFlight(), age(worker.startedAt(), now));
		}
		if (snapshot.workers().stream().anyMatch(WorkerInfo::leader)) {
			this.out.println("* the leader");
		}
	}

	/** Return what is known of the pool as a whole. */
	static List<String> head(String description, PoolSnapshot snapshot, Instant now) {
		List<String> lines = new ArrayList<>();
		lines.add(description);
		lines.add("%s for %s, generation %d, %d of %d workers ready".formatted(PlainText.of(snapshot.master().state()),
				age(snapshot.master().startedAt(), now), snapshot.master().generation(), snapshot.ready(),
				snapshot.target()));
		if (!snapshot.problem().isEmpty()) {
			lines.add(PlainText.of(snapshot.problem()));
		}
		if (!snapshot.rollouts().isEmpty()) {
			lines.add(describe(snapshot.rollouts().get(0), now));
		}
		return lines;
	}

	/** Print all that is known, as one line of JSON. */
	void printJson() throws CommandFailedException {
		this.out.println(JsonText.of(this.pool.pool()));
	}

	private void row(Object... cells) {
		this.out.printf(Locale.ROOT, "%-8s %8s %12s %-10s %10s %10s  %s%n", cells);
	}

	private static String describe(RolloutInfo rollout, Instant now) {
		Instant endedAt = rollout.endedAt();
		String when = (endedAt != null) ? ", " + age(endedAt, now) + " ago" : "";
		String why = rollout.reason().isEmpty() ? "" : ": " + rollout.reason();
		return PlainText.of("roll-out " + rollout.id() + " " + rollout.state() + when + why);
	}

	/** Return the age in the largest unit of which it has at least two. */
	static String age(Instant since, Instant now) {
		Duration age = Duration.between(since, now);
		if (age.isNegative()) {
			return "0 s";
		}
		if (age.toMinutes() < 2) {
			return age.toSeconds() + " s";
		}
		if (age.toHours() < 2) {
			return age.toMinutes() + " min";
		}
		return (age.toDays() < 2) ? age.toHours() + " h" : age.toDays() + " d";
	}

}
