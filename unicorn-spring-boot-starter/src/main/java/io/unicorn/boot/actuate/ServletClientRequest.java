package io.unicorn.boot.actuate;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.unicorn.boot.relay.Header;
import io.unicorn.boot.relay.RelayedRequest;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.web.util.UriUtils;

/**
 * A client's request to an application with servlets.
 */
record ServletClientRequest(HttpServletRequest request) implements ClientRequest {

	@Override
	public String method() {
		return this.request.getMethod();
	}

	@Override
	public String path() {
		String info = this.request.getPathInfo();
		return (info != null) ? info : this.request.getServletPath();
	}

	@Override
	public String prefix() {
		String servlet = (this.request.getPathInfo() != null) ? this.request.getServletPath() : "";
		return this.request.getContextPath() + UriUtils.encodePath(servlet, StandardCharsets.UTF_8);
	}

	@Override
	public String query() {
		String query = this.request.getQueryString();
		return (query != null) ? query : "";
	}

	@Override
	public RelayedRequest.Origin origin() {
		return new RelayedRequest.Origin(this.request.getScheme(), this.request.getServerName(),
				this.request.getServerPort(), this.request.getRemoteAddr());
	}

	@Override
	public List<Header> headers() {
		List<Header> headers = new ArrayList<>();
		for (String name : Collections.list(this.request.getHeaderNames())) {
			Collections.list(this.request.getHeaders(name)).forEach((value) -> headers.add(new Header(name, value)));
		}
		return headers;
	}

}
