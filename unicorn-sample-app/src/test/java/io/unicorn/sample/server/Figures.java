package io.unicorn.sample.server;

import java.util.stream.StreamSupport;

import tools.jackson.databind.JsonNode;

/**
 * The figures of all workers together, from the document that describes the pool.
 *
 * @param requests the requests that were answered
 * @param inFlight the requests that are served
 * @param errors the requests that were answered with a status of 500 or above
 * @param oldestMillis the age of the oldest request that is served, 0 if there is none
 */
record Figures(long requests, long inFlight, long errors, long oldestMillis) {

	static Figures of(JsonNode pool) {
		return new Figures(sum(pool, "requests"), sum(pool, "inFlight"), sum(pool, "errors"),
				StreamSupport.stream(pool.path("workers").spliterator(), false)
					.mapToLong((worker) -> worker.path("oldestRequestMillis").asLong(-1))
					.max()
					.orElse(-1));
	}

	private static long sum(JsonNode pool, String field) {
		return StreamSupport.stream(pool.path("workers").spliterator(), false)
			.mapToLong((worker) -> worker.path(field).asLong(-1))
			.sum();
	}

}
