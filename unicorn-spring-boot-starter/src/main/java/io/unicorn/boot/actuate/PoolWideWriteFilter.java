package io.unicorn.boot.actuate;

import java.io.IOException;

import io.unicorn.boot.relay.RelayedRequest;
import io.unicorn.ipc.Message;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingRequestWrapper;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * Lets changes reach all workers, in an application with servlets. The response is the
 * one of this worker, with the slots of those that have done it.
 */
public final class PoolWideWriteFilter extends OncePerRequestFilter {

	private final PoolWideWrites writes;

	/**
	 * Create a filter.
	 */
	public PoolWideWriteFilter(EndpointPaths paths, OtherWorkers workers) {
		this.writes = new PoolWideWrites(paths, workers);
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		EndpointId endpoint = (request.getAttribute(RelayedRequest.ATTRIBUTE) != null) ? null
				: this.writes.endpoint(new ServletClientRequest(request));
		if (endpoint == null) {
			chain.doFilter(request, response);
			return;
		}
		ContentCachingRequestWrapper read = new ContentCachingRequestWrapper(request, Message.Call.MAX_BYTES);
		ContentCachingResponseWrapper written = new ContentCachingResponseWrapper(response);
		chain.doFilter(read, written);
		if (written.getStatus() / 100 == 2) {
			this.writes.repeat(endpoint, new ServletClientRequest(read), read.getContentAsByteArray())
				.forEach((header) -> written.setHeader(header.name(), header.value()));
		}
		written.copyBodyToResponse();
	}

}
