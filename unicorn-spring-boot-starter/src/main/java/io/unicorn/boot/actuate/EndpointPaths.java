package io.unicorn.boot.actuate;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.unicorn.boot.relay.Header;
import io.unicorn.boot.relay.RelayedRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.web.util.UriUtils;

/**
 * Finds exposed endpoints in the paths of requests, and makes requests to them.
 * Thread-safe.
 */
public final class EndpointPaths {

	/** Of one connection, or replaced where the request is passed on. */
	private static final Set<String> NOT_PASSED_ON = Set.of("accept-encoding", "connection", "content-length", "expect",
			"keep-alive", "te", "trailer", "transfer-encoding", "upgrade");

	/** Not looked up before the first request: the endpoints are made later. */
	private final ObjectProvider<PathMappedEndpoints> endpoints;

	/** Every request looks into them. */
	private volatile @Nullable PathMappedEndpoints found;

	/**
	 * Create.
	 */
	public EndpointPaths(ObjectProvider<PathMappedEndpoints> endpoints) {
		this.endpoints = endpoints;
	}

	/**
	 * Return what follows the path of an endpoint in the path of a request, decoded and
	 * with its first slash, or {@code null} if the request is for something else.
	 */
	@Nullable String below(EndpointId id, ClientRequest request) {
		String endpoint = endpoints().getPath(id);
		String path = request.path();
		return (endpoint != null && isBelow(endpoint, path)) ? path.substring(endpoint.length()) : null;
	}

	private PathMappedEndpoints endpoints() {
		PathMappedEndpoints known = this.found;
		if (known == null) {
			known = this.endpoints.getObject();
			this.found = known;
		}
		return known;
	}

	private static boolean isBelow(String parent, String path) {
		return path.startsWith(parent) && (path.length() == parent.length() || path.charAt(parent.length()) == '/');
	}

	/**
	 * Whether a path that begins with an endpoint's own one, without the base path,
	 * belongs to an endpoint that is exposed.
	 */
	boolean isExposed(String path) {
		return endpoints().getAllRootPaths().stream().anyMatch((root) -> isBelow(root, path));
	}

	/** Whether a path without the base path belongs to this endpoint. */
	boolean isOf(EndpointId id, String path) {
		String root = endpoints().getRootPath(id);
		return root != null && isBelow(root, path);
	}

	/** Return the path of an endpoint without the base path. */
	@Nullable String root(EndpointId id) {
		return endpoints().getRootPath(id);
	}

	/**
	 * Return a request for an endpoint of another worker.
	 * @param request the request of the client
	 * @param path the path of the endpoint, without the base path, decoded
	 */
	RelayedRequest request(ClientRequest request, String path, byte[] body, RelayedRequest.Wanted wanted) {
		String encoded = Stream.of((endpoints().getBasePath() + "/" + path).split("/", -1))
			.map((segment) -> UriUtils.encodePathSegment(segment, StandardCharsets.UTF_8))
			.collect(Collectors.joining("/"));
		List<Header> headers = request.headers()
			.stream()
			.filter((header) -> !NOT_PASSED_ON.contains(header.name().toLowerCase(Locale.ROOT)))
			.toList();
		return new RelayedRequest(request.method(), request.origin(), request.prefix() + encoded, request.query(),
				headers, body, wanted);
	}

}
