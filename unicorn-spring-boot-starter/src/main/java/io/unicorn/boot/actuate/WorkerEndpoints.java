package io.unicorn.boot.actuate;

import java.time.Duration;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.unicorn.boot.relay.RelayedRequest;
import io.unicorn.boot.relay.RelayedRequest.Wanted;
import io.unicorn.boot.relay.RelayedResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.http.HttpStatus;

/**
 * Lets another worker answer {@code GET /actuator/unicorn/{index}/{endpoint}}. That
 * worker gets the request as if the client had sent it {@code GET /actuator/{endpoint}},
 * so it returns nothing that it would not return otherwise. Thread-safe.
 */
final class WorkerEndpoints {

	private static final EndpointId UNICORN = EndpointId.of("unicorn");

	private static final EndpointId HEAP_DUMP = EndpointId.of("heapdump");

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final Duration HEAP_DUMP_TIMEOUT = Duration.ofMinutes(2);

	private static final Pattern PATH = Pattern.compile("/([0-9]{1,9})/([^/].*)");

	private final EndpointPaths paths;

	private final OtherWorkers workers;

	WorkerEndpoints(EndpointPaths paths, OtherWorkers workers) {
		this.paths = paths;
		this.workers = workers;
	}

	/**
	 * Return what asks the other worker, and waits for it, or {@code null} if the request
	 * is not for another worker.
	 */
	@Nullable Supplier<RelayedResponse> answer(ClientRequest request) {
		String below = request.method().equals("GET") ? this.paths.below(UNICORN, request) : null;
		Matcher matcher = PATH.matcher((below != null) ? below : "");
		return matcher.matches() ? answer(Integer.parseInt(matcher.group(1)), matcher.group(2), request) : null;
	}

	private Supplier<RelayedResponse> answer(int index, String path, ClientRequest request) {
		if (!this.paths.isExposed(path) || this.paths.isOf(UNICORN, path)) {
			return () -> RelayedResponse.failed(HttpStatus.NOT_FOUND.value(),
					"no endpoint of a worker that is exposed has the path " + path);
		}
		boolean heapDump = this.paths.isOf(HEAP_DUMP, path);
		RelayedRequest relayed = this.paths.request(request, path, new byte[0],
				heapDump ? Wanted.FILE : Wanted.RESPONSE);
		return () -> this.workers.ask(index, relayed, heapDump ? HEAP_DUMP_TIMEOUT : TIMEOUT);
	}

}
