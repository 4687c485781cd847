package io.unicorn.boot.actuate;

import java.io.IOException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.unicorn.boot.relay.RelayedRequest;
import io.unicorn.boot.relay.RelayedRequest.Wanted;
import io.unicorn.boot.relay.RelayedResponse;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets another worker answer {@code GET /actuator/unicorn/{index}/{endpoint}}. That
 * worker gets the request as if the client had sent it {@code GET /actuator/{endpoint}},
 * so it returns nothing that it would not return otherwise.
 */
public final class WorkerEndpointFilter extends OncePerRequestFilter {

	private static final EndpointId UNICORN = EndpointId.of("unicorn");

	private static final EndpointId HEAP_DUMP = EndpointId.of("heapdump");

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final Duration HEAP_DUMP_TIMEOUT = Duration.ofMinutes(2);

	private static final Pattern PATH = Pattern.compile("/([0-9]{1,9})/([^/].*)");

	private final EndpointPaths paths;

	private final OtherWorkers workers;

	/**
	 * Create a filter.
	 */
	public WorkerEndpointFilter(EndpointPaths paths, OtherWorkers workers) {
		this.paths = paths;
		this.workers = workers;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		String below = request.getMethod().equals("GET") ? this.paths.below(UNICORN, request) : null;
		Matcher matcher = PATH.matcher((below != null) ? below : "");
		if (!matcher.matches()) {
			chain.doFilter(request, response);
			return;
		}
		send(answer(Integer.parseInt(matcher.group(1)), matcher.group(2), request), response);
	}

	private RelayedResponse answer(int index, String path, HttpServletRequest request) {
		if (!this.paths.isExposed(path) || this.paths.isOf(UNICORN, path)) {
			return RelayedResponse.failed(HttpStatus.NOT_FOUND.value(),
					"no endpoint of a worker that is exposed has the path " + path);
		}
		boolean heapDump = this.paths.isOf(HEAP_DUMP, path);
		RelayedRequest relayed = this.paths.request(request, path, new byte[0],
				heapDump ? Wanted.FILE : Wanted.RESPONSE);
		return this.workers.ask(index, relayed, heapDump ? HEAP_DUMP_TIMEOUT : TIMEOUT);
	}

	private static void send(RelayedResponse relayed, HttpServletResponse response) throws IOException {
		response.setStatus(relayed.status());
		if (!relayed.contentType().isEmpty()) {
			response.setContentType(relayed.contentType());
		}
		relayed.headers().forEach((header) -> response.setHeader(header.name(), header.value()));
		response.setContentLength(relayed.body().length);
		response.getOutputStream().write(relayed.body());
	}

}
