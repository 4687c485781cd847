package io.unicorn.reactive;

import java.net.InetSocketAddress;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers with the addresses of the connection, as the application sees them.
 */
@RestController
class RemoteAddressController {

	@GetMapping("/remote")
	String remote(ServerHttpRequest request) {
		return text(request.getRemoteAddress()) + " to " + text(request.getLocalAddress()) + "\n";
	}

	private static String text(@Nullable InetSocketAddress address) {
		InetSocketAddress known = Objects.requireNonNull(address);
		return known.getAddress().getHostAddress() + " " + known.getPort();
	}

}
