package io.unicorn.sample.connections;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers with the addresses of the connection, as the application sees them.
 */
@RestController
class RemoteAddressController {

	@GetMapping("/remote")
	String remote(HttpServletRequest request) {
		return request.getRemoteAddr() + " " + request.getRemotePort() + " to " + request.getLocalAddr() + " "
				+ request.getLocalPort() + "\n";
	}

}
