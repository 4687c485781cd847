package io.unicorn.sample.testsupport.pool;

import java.util.List;

import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks the replacement of a worker. The assertions are not in {@link WorkerView},
 * because the benchmarks and the soak run without AssertJ.
 */
public final class WorkerReplacement {

	private WorkerReplacement() {
	}

	/**
	 * Wait for as many ready workers as before, and assert that another worker has
	 * replaced the given one and that its siblings are still the same.
	 * @param victim the worker that has ended
	 * @param before the document in which it was ready
	 * @param reason the exit reason that counts its end
	 * @param pool the pool
	 */
	public static void assertReplaced(WorkerView victim, JsonNode before, String reason, RunningPool pool) {
		List<WorkerView> siblings = WorkerView.ready(before)
			.stream()
			.filter((worker) -> worker.id() != victim.id())
			.toList();
		JsonNode after = pool.awaitPool("the replacement of worker " + victim.index(),
				(seen) -> WorkerView.exits(seen, reason) > WorkerView.exits(before, reason)
						&& seen.path("ready").asInt(-1) == siblings.size() + 1,
				RunningPool.PATIENCE);
		assertThat(WorkerView.exits(after, reason)).isEqualTo(WorkerView.exits(before, reason) + 1);
		assertThat(siblings)
			.allSatisfy((sibling) -> assertThat(sibling.following(after).pid()).isEqualTo(sibling.pid()));
		assertThat(WorkerView.ready(after)).extracting(WorkerView::id).doesNotContain(victim.id());
		assertThat(WorkerView.ready(after)).extracting(WorkerView::leader).containsOnlyOnce(true);
	}

}
