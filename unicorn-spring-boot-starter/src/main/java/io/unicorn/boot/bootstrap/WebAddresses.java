package io.unicorn.boot.bootstrap;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;

import io.unicorn.launch.LaunchPlan;
import io.unicorn.posix.Listener;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * The addresses that the application's web servers are configured to listen on, opened
 * for all workers together.
 */
final class WebAddresses {

	/**
	 * Gunicorn's default. Connections wait here while workers are replaced, so more than
	 * Tomcat's 100 is of use; the kernel caps it at {@code net.core.somaxconn}.
	 */
	private static final int DEFAULT_BACKLOG = 2048;

	private static final int DEFAULT_PORT = 8080;

	private final Binder binder;

	private final boolean actuator;

	WebAddresses(Environment environment, ClassLoader classLoader) {
		this.binder = Binder.get(environment);
		this.actuator = ClassUtils.isPresent(
				"org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties", classLoader);
	}

	/**
	 * Open all listeners.
	 * @return the listeners by name
	 * @throws PortInUseException if another program listens there
	 * @throws ListenFailedException if it cannot be listened there
	 */
	Map<String, Listener> open(Posix posix) {
		int backlog = number("server.tomcat.accept-count", DEFAULT_BACKLOG);
		int port = number("server.port", DEFAULT_PORT);
		Map<String, Listener> listeners = new LinkedHashMap<>();
		try {
			listeners.put(LaunchPlan.HTTP, listen(posix, "server", port, backlog));
			Integer managementPort = this.actuator
					? this.binder.bind("management.server.port", Integer.class).orElse(null) : null;
			if (managementPort != null && managementPort >= 0 && (managementPort != port || port == 0)) {
				listeners.put(LaunchPlan.MANAGEMENT, listen(posix, "management.server", managementPort, backlog));
			}
			return listeners;
		}
		catch (RuntimeException ex) {
			listeners.values().forEach((listener) -> posix.close(listener.fd()));
			throw ex;
		}
	}

	private int number(String property, int fallback) {
		Integer number = this.binder.bind(property, Integer.class).orElse(null);
		return (number != null) ? number : fallback;
	}

	private Listener listen(Posix posix, String prefix, int port, int backlog) {
		InetAddress address = this.binder.bind(prefix + ".address", InetAddress.class).orElse(null);
		if (port < 0 || port > 65_535) {
			throw new ListenFailedException(prefix + ".port", address, port,
					"a port is a number from 0 to 65535, and 0 lets the system choose one", null);
		}
		try {
			return posix.listen(address, port, Math.max(1, backlog));
		}
		catch (PosixException ex) {
			if (ex.errno() == PosixException.EADDRINUSE) {
				throw new PortInUseException(port, ex);
			}
			throw new ListenFailedException(prefix + ".port", address, port, reason(ex), ex);
		}
	}

	private static String reason(PosixException ex) {
		return (ex.errno() == PosixException.EACCES) ? ex.getMessage()
				+ "; ports below 1024 need root, CAP_NET_BIND_SERVICE or a lower net.ipv4.ip_unprivileged_port_start"
				: String.valueOf(ex.getMessage());
	}

	/**
	 * The addresses cannot be used.
	 */
	static class ListenFailedException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		private final String property;

		private final String address;

		private final String reason;

		ListenFailedException(String property, @Nullable InetAddress address, int port, String reason,
				@Nullable Throwable cause) {
			super("Cannot listen on " + describe(address, port) + ": " + reason, cause);
			this.property = property;
			this.address = describe(address, port);
			this.reason = reason;
		}

		private static String describe(@Nullable InetAddress address, int port) {
			return ((address != null) ? address.getHostAddress() + " " : "") + "port " + port;
		}

		String getProperty() {
			return this.property;
		}

		String getAddress() {
			return this.address;
		}

		String getReason() {
			return this.reason;
		}

	}

}
