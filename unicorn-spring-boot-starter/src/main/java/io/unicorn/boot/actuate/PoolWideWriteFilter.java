package io.unicorn.boot.actuate;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.unicorn.boot.relay.RelayedRequest;
import io.unicorn.boot.relay.RelayedRequest.Wanted;
import io.unicorn.ipc.Message;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingRequestWrapper;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * Repeats what a client changes through the endpoints {@code loggers}, {@code caches} and
 * {@code refresh} in all other workers, when this worker has done it. Each of them gets
 * the client's request and decides on it again. The response is the one of this worker,
 * with the slots of those that have done it.
 */
public final class PoolWideWriteFilter extends OncePerRequestFilter {

	/** Header with the slots of the workers that have done it. */
	static final String DONE = "X-Unicorn-Workers";

	/** Header with the slots of those that have not; absent if there are none. */
	static final String MISSING = "X-Unicorn-Workers-Missing";

	/** What is said where nobody knows which workers have not done it. */
	static final String UNKNOWN = "unknown";

	/** The endpoints, and how long a worker may take. */
	private static final Map<EndpointId, Duration> ENDPOINTS = Map.of(EndpointId.of("loggers"), Duration.ofSeconds(2),
			EndpointId.of("caches"), Duration.ofSeconds(2), EndpointId.of("refresh"), Duration.ofSeconds(10));

	private static final Set<String> METHODS = Set.of("POST", "DELETE");

	private final EndpointPaths paths;

	private final OtherWorkers workers;

	/**
	 * Create a filter.
	 */
	public PoolWideWriteFilter(EndpointPaths paths, OtherWorkers workers) {
		this.paths = paths;
		this.workers = workers;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		EndpointId endpoint = endpoint(request);
		if (endpoint == null) {
			chain.doFilter(request, response);
			return;
		}
		ContentCachingRequestWrapper read = new ContentCachingRequestWrapper(request, Message.Call.MAX_BYTES);
		ContentCachingResponseWrapper written = new ContentCachingResponseWrapper(response);
		chain.doFilter(read, written);
		if (written.getStatus() / 100 == 2) {
			repeat(endpoint, read, written);
		}
		written.copyBodyToResponse();
	}

	private @Nullable EndpointId endpoint(HttpServletRequest request) {
		if (!METHODS.contains(request.getMethod()) || request.getAttribute(RelayedRequest.ATTRIBUTE) != null) {
			return null;
		}
		return ENDPOINTS.keySet()
			.stream()
			.filter((endpoint) -> this.paths.below(endpoint, request) != null)
			.findFirst()
			.orElse(null);
	}

	private void repeat(EndpointId endpoint, ContentCachingRequestWrapper request, HttpServletResponse response) {
		RelayedRequest relayed = this.paths.request(request,
				this.paths.root(endpoint) + this.paths.below(endpoint, request), request.getContentAsByteArray(),
				Wanted.STATUS);
		OtherWorkers.Result result = this.workers.tell(relayed, ENDPOINTS.getOrDefault(endpoint, Duration.ZERO));
		Stream<Integer> others = (result != null) ? result.done().stream() : Stream.of();
		response.setHeader(DONE, text(Stream.concat(Stream.of(this.workers.ownIndex()), others)));
		List<Integer> missing = (result != null) ? result.missing() : List.of();
		if (result == null || !missing.isEmpty()) {
			response.setHeader(MISSING, (result != null) ? text(missing.stream()) : UNKNOWN);
			this.logger.warn("A change through the endpoint " + endpoint + " has not reached all workers: "
					+ ((result != null) ? String.join(", ", result.reasons()) : "it could not be passed on"));
		}
	}

	private static String text(Stream<Integer> slots) {
		return slots.sorted().map(String::valueOf).collect(Collectors.joining(","));
	}

}
