package io.unicorn.sample.testsupport.pool;

import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks the replacement of a worker in a pool of two. The assertions are not in
 * {@link WorkerView}, because the benchmarks and the soak run without AssertJ.
 */
public final class WorkerReplacement {

	private WorkerReplacement() {
	}

	/**
	 * Wait for two ready workers, and assert that another worker has replaced the given
	 * one and that its sibling is still the same.
	 * @param victim the worker that has ended
	 * @param before the document in which it was ready
	 * @param reason the exit reason that counts its end
	 * @param pool the pool
	 */
	public static void assertReplaced(WorkerView victim, JsonNode before, String reason, RunningPool pool) {
		JsonNode after = pool.awaitReady(2);
		WorkerView sibling = victim.sibling(before);
		assertThat(WorkerView.exits(after, reason)).isEqualTo(WorkerView.exits(before, reason) + 1);
		assertThat(WorkerView.ready(after)).extracting(WorkerView::id).contains(sibling.id());
		assertThat(sibling.following(after).pid()).isEqualTo(sibling.pid());
		assertThat(WorkerView.ready(after)).extracting(WorkerView::id).doesNotContain(victim.id());
		assertThat(WorkerView.ready(after)).extracting(WorkerView::leader).containsOnlyOnce(true);
	}

}
