package io.unicorn.sample.testsupport.pool;

import java.util.List;
import java.util.stream.StreamSupport;

import tools.jackson.databind.JsonNode;

/**
 * Reads a worker from the document that describes the pool.
 *
 * @param index its slot
 * @param id its running number
 * @param pid its process id
 * @param generation the generation it belongs to
 * @param state the name of its state
 * @param leader whether it leads
 */
public record WorkerView(int index, long id, long pid, int generation, String state, boolean leader) {

	private static WorkerView of(JsonNode worker) {
		return new WorkerView(worker.path("index").asInt(), worker.path("id").asLong(), worker.path("pid").asLong(),
				worker.path("generation").asInt(), worker.path("state").asString(""),
				worker.path("leader").asBoolean());
	}

	/**
	 * The workers that are ready, in the order of their indexes.
	 */
	public static List<WorkerView> ready(JsonNode pool) {
		return all(pool).stream().filter((worker) -> worker.state.equals("ready")).toList();
	}

	/**
	 * All workers, in whatever state.
	 */
	public static List<WorkerView> all(JsonNode pool) {
		return StreamSupport.stream(pool.path("workers").spliterator(), false).map(WorkerView::of).toList();
	}

	/**
	 * The worker that was started first of those that are ready.
	 */
	public static WorkerView oldest(JsonNode pool) {
		return ready(pool).stream()
			.min((one, other) -> Long.compare(one.id, other.id))
			.orElseThrow(() -> new AssertionError("No worker is ready: " + pool));
	}

	/**
	 * The worker that is ready beside the given one.
	 */
	public WorkerView sibling(JsonNode pool) {
		return ready(pool).stream()
			.filter((worker) -> worker.id != this.id)
			.findFirst()
			.orElseThrow(() -> new AssertionError("No sibling is ready: " + pool));
	}

	public static int exits(JsonNode pool, String reason) {
		return pool.path("exits").path(reason).asInt(0);
	}

	/**
	 * The same worker in a later document.
	 */
	public WorkerView following(JsonNode later) {
		return ready(later).stream()
			.filter((worker) -> worker.id == this.id)
			.findFirst()
			.orElseThrow(() -> new AssertionError("Worker %d is not ready any more: %s".formatted(this.id, later)));
	}

	/**
	 * A regular expression for the name that the log gives it.
	 */
	public String inLog() {
		return "worker %d \\(pid %d\\)".formatted(this.index, this.pid);
	}

}
