package io.unicorn.boot.actuate;

import java.io.IOException;
import java.util.function.Supplier;

import io.unicorn.boot.relay.RelayedResponse;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Sends what other workers answer, in an application with servlets.
 */
public final class WorkerEndpointFilter extends OncePerRequestFilter {

	private final WorkerEndpoints endpoints;

	/**
	 * Create a filter.
	 */
	public WorkerEndpointFilter(EndpointPaths paths, OtherWorkers workers) {
		this.endpoints = new WorkerEndpoints(paths, workers);
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		Supplier<RelayedResponse> answer = this.endpoints.answer(new ServletClientRequest(request));
		if (answer != null) {
			send(answer.get(), response);
		}
		else {
			chain.doFilter(request, response);
		}
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
