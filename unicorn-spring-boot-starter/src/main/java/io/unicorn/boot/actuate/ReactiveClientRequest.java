package io.unicorn.boot.actuate;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.unicorn.boot.relay.Header;
import io.unicorn.boot.relay.RelayedRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * A client's request to a reactive application.
 */
record ReactiveClientRequest(ServerHttpRequest request) implements ClientRequest {

	@Override
	public String method() {
		return this.request.getMethod().name();
	}

	/**
	 * A segment with an encoded slash is not that of an endpoint: decoded, it would be
	 * two segments, and another path than the one that was authorized.
	 */
	@Override
	public String path() {
		StringBuilder path = new StringBuilder();
		for (PathContainer.Element element : this.request.getPath().pathWithinApplication().elements()) {
			String text = (element instanceof PathContainer.PathSegment segment) ? segment.valueToMatch() : "";
			if (text.indexOf('/') >= 0) {
				return "";
			}
			path.append(text.isEmpty() ? element.value() : text);
		}
		return path.toString();
	}

	@Override
	public String prefix() {
		return this.request.getPath().contextPath().value();
	}

	@Override
	public String query() {
		return Objects.requireNonNullElse(this.request.getURI().getRawQuery(), "");
	}

	@Override
	public RelayedRequest.Origin origin() {
		URI uri = this.request.getURI();
		return new RelayedRequest.Origin(Objects.requireNonNullElse(uri.getScheme(), "http"),
				Objects.requireNonNullElse(uri.getHost(), ""), uri.getPort(), text(this.request.getRemoteAddress()));
	}

	private static String text(@Nullable InetSocketAddress remote) {
		if (remote == null) {
			return "";
		}
		return remote.isUnresolved() ? remote.getHostString() : remote.getAddress().getHostAddress();
	}

	@Override
	public List<Header> headers() {
		List<Header> headers = new ArrayList<>();
		this.request.getHeaders()
			.forEach((name, values) -> values.forEach((value) -> headers.add(new Header(name, value))));
		return headers;
	}

}
