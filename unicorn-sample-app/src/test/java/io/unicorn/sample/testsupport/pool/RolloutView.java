package io.unicorn.sample.testsupport.pool;

import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;

import tools.jackson.databind.JsonNode;

/**
 * Reads a roll-out from the document that describes the pool.
 *
 * @param id its number
 * @param state its state or result
 * @param reason why it was rolled back or aborted
 * @param steps its steps so far
 * @param log the last output of the process at fault
 */
public record RolloutView(long id, String state, String reason, List<String> steps, String log) {

	/**
	 * The state before the first roll-out.
	 */
	public static final RolloutView NONE = new RolloutView(0, "", "", List.of(), "");

	private static RolloutView of(JsonNode rollout) {
		return new RolloutView(rollout.path("id").asLong(), rollout.path("state").asString(""),
				rollout.path("reason").asString(""),
				StreamSupport.stream(rollout.path("steps").spliterator(), false)
					.map((step) -> step.path("what").asString(""))
					.toList(),
				String.join("\n",
						StreamSupport.stream(rollout.path("log").spliterator(), false)
							.map((line) -> line.asString(""))
							.toList()));
	}

	/**
	 * The latest one, with the number 0 if there was none.
	 */
	public static RolloutView latest(JsonNode pool) {
		JsonNode rollouts = pool.path("rollouts");
		return rollouts.isEmpty() ? NONE : of(rollouts.get(0));
	}

	boolean isOver() {
		return List.of("succeeded", "rolled-back", "aborted").contains(this.state);
	}

	/**
	 * Wait for the end of the next roll-out, and until no other one runs.
	 */
	public RolloutView awaitNext(RunningPool pool, Duration timeout) {
		return latest(pool.awaitPool("the end of the roll-out after " + this.id, (seen) -> {
			RolloutView latest = latest(seen);
			return latest.id > this.id && latest.isOver()
					&& seen.path("master").path("state").asString("").equals("running");
		}, timeout));
	}

	/**
	 * Wait until the next roll-out has reached a state.
	 */
	public RolloutView awaitNext(RunningPool pool, String state, Duration timeout) {
		return latest(pool.awaitPool(state + " in the roll-out after " + this.id, (seen) -> {
			RolloutView latest = latest(seen);
			return latest.id > this.id && latest.state.equals(state);
		}, timeout));
	}

}
