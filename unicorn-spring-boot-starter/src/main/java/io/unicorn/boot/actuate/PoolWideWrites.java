package io.unicorn.boot.actuate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.unicorn.boot.relay.Header;
import io.unicorn.boot.relay.RelayedRequest;
import io.unicorn.boot.relay.RelayedRequest.Wanted;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.EndpointId;

/**
 * Repeats what a client changes through the endpoints {@code loggers}, {@code caches} and
 * {@code refresh} in all other workers, when this worker has done it. Each of them gets
 * the client's request and decides on it again. Thread-safe.
 */
final class PoolWideWrites {

	private static final Log logger = LogFactory.getLog(PoolWideWrites.class);

	/** Header with the slots of the workers that have done it. */
	private static final String DONE = "X-Unicorn-Workers";

	/** Header with the slots of those that have not; absent if there are none. */
	private static final String MISSING = "X-Unicorn-Workers-Missing";

	/** What is said where nobody knows which workers have not done it. */
	private static final String UNKNOWN = "unknown";

	/** The endpoints, and how long a worker may take. */
	private static final Map<EndpointId, Duration> ENDPOINTS = Map.of(EndpointId.of("loggers"), Duration.ofSeconds(2),
			EndpointId.of("caches"), Duration.ofSeconds(2), EndpointId.of("refresh"), Duration.ofSeconds(10));

	private static final Set<String> METHODS = Set.of("POST", "DELETE");

	private final EndpointPaths paths;

	private final OtherWorkers workers;

	PoolWideWrites(EndpointPaths paths, OtherWorkers workers) {
		this.paths = paths;
		this.workers = workers;
	}

	/** Return the endpoint whose change all workers need, or {@code null}. */
	@Nullable EndpointId endpoint(ClientRequest request) {
		if (!METHODS.contains(request.method())) {
			return null;
		}
		return ENDPOINTS.keySet()
			.stream()
			.filter((endpoint) -> this.paths.below(endpoint, request) != null)
			.findFirst()
			.orElse(null);
	}

	/**
	 * Repeat a change in the other workers, and wait for them.
	 * @return headers that tell the client which workers have done it
	 */
	List<Header> repeat(EndpointId endpoint, ClientRequest request, byte[] body) {
		RelayedRequest relayed = this.paths.request(request,
				this.paths.root(endpoint) + this.paths.below(endpoint, request), body, Wanted.STATUS);
		OtherWorkers.Result result = this.workers.tell(relayed, ENDPOINTS.getOrDefault(endpoint, Duration.ZERO));
		Stream<Integer> others = (result != null) ? result.done().stream() : Stream.of();
		List<Header> headers = new ArrayList<>();
		headers.add(new Header(DONE, text(Stream.concat(Stream.of(this.workers.ownIndex()), others))));
		List<Integer> missing = (result != null) ? result.missing() : List.of();
		if (result == null || !missing.isEmpty()) {
			headers.add(new Header(MISSING, (result != null) ? text(missing.stream()) : UNKNOWN));
			logger.warn("A change through the endpoint " + endpoint + " has not reached all workers: "
					+ ((result != null) ? String.join(", ", result.reasons()) : "it could not be passed on"));
		}
		return headers;
	}

	private static String text(Stream<Integer> slots) {
		return slots.sorted().map(String::valueOf).collect(Collectors.joining(","));
	}

}
