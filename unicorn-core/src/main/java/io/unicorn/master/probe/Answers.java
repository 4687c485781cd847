package io.unicorn.master.probe;

import io.unicorn.ipc.PoolSnapshot;

/**
 * Decides what a request gets. Thread-safe.
 */
final class Answers {

	/** A pool that stops serves what was accepted, and is to get no more. */
	private static final String STOPPING = "stopping";

	/**
	 * An answer.
	 *
	 * @param status the status code of HTTP
	 * @param type the media type of the text
	 * @param text the body
	 */
	record Answer(int status, String type, String text) {

		private static Answer line(int status, String text) {
			return new Answer(status, "text/plain; charset=utf-8", text + "\n");
		}

	}

	private final SharedSnapshot pool;

	private final PoolMetrics metrics;

	private final int needed;

	/**
	 * Create.
	 * @param minReady how many workers have to be ready; one at least is needed
	 */
	Answers(SharedSnapshot pool, PoolMetrics metrics, int minReady) {
		this.pool = pool;
		this.metrics = metrics;
		this.needed = Math.max(1, minReady);
	}

	/** Return the answer to a request. */
	Answer to(String method, String path) throws InterruptedException {
		if (!path.equals("/livez") && !path.equals("/readyz") && !path.equals("/metrics")) {
			return Answer.line(404, "there are /livez, /readyz and /metrics");
		}
		if (!method.equals("GET") && !method.equals("HEAD")) {
			return Answer.line(405, "there are GET and HEAD");
		}
		PoolSnapshot snapshot = this.pool.get();
		if (snapshot == null) {
			return Answer.line(503,
					"the master's main thread has not answered within " + SharedSnapshot.PATIENCE.toSeconds() + " s");
		}
		return switch (path) {
			case "/readyz" -> readiness(snapshot);
			case "/metrics" -> new Answer(200, PrometheusText.TYPE, this.metrics.of(snapshot));
			// Whatever the pool does, a restart from outside would not do it better.
			default -> Answer.line(200, "ok");
		};
	}

	private Answer readiness(PoolSnapshot snapshot) {
		if (snapshot.master().state().equals(STOPPING)) {
			return Answer.line(503, "the pool stops");
		}
		if (snapshot.ready() < this.needed) {
			String problem = snapshot.problem().isEmpty() ? "" : ": " + snapshot.problem();
			return Answer.line(503, snapshot.ready() + " of " + snapshot.target() + " workers ready, " + this.needed
					+ " needed" + problem);
		}
		return Answer.line(200, "ok");
	}

}
