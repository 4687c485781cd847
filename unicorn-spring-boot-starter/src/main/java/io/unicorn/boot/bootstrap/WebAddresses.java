package io.unicorn.boot.bootstrap;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.unicorn.launch.LaunchPlan;
import io.unicorn.launch.ListenAddress;
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
	 * Return the addresses, in the order in which workers get their sockets.
	 * @throws ListenFailedException if a port cannot be one
	 */
	List<ListenAddress> addresses() {
		int port = number("server.port", DEFAULT_PORT);
		List<ListenAddress> addresses = new ArrayList<>();
		addresses.add(address(LaunchPlan.HTTP, port));
		Integer managementPort = this.actuator ? this.binder.bind("management.server.port", Integer.class).orElse(null)
				: null;
		if (managementPort != null && managementPort >= 0 && (managementPort != port || port == 0)) {
			addresses.add(address(LaunchPlan.MANAGEMENT, managementPort));
		}
		return addresses;
	}

	private ListenAddress address(String name, int port) {
		InetAddress address = this.binder.bind(prefix(name) + ".address", InetAddress.class).orElse(null);
		String host = (address != null) ? address.getHostAddress() : null;
		if (port < 0 || port > 65_535) {
			throw new ListenFailedException(prefix(name) + ".port", host, port,
					"a port is a number from 0 to 65535, and 0 lets the system choose one", null);
		}
		return new ListenAddress(name, host, port, Math.max(1, number("server.tomcat.accept-count", DEFAULT_BACKLOG)));
	}

	/** Where the address with this name is configured. */
	private static String prefix(String name) {
		return name.equals(LaunchPlan.MANAGEMENT) ? "management.server" : "server";
	}

	/**
	 * Open all listeners.
	 * @return the listeners by name
	 * @throws PortInUseException if another program listens there
	 * @throws ListenFailedException if it cannot be listened there
	 */
	static Map<String, Listener> open(List<ListenAddress> addresses, Posix posix) {
		Map<String, Listener> listeners = new LinkedHashMap<>();
		try {
			addresses.forEach((address) -> listeners.put(address.name(), open(address, posix)));
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

	private static Listener open(ListenAddress address, Posix posix) {
		try {
			return posix.listen(address.inetAddress(), address.port(), address.backlog());
		}
		catch (PosixException ex) {
			if (ex.errno() == PosixException.EADDRINUSE) {
				throw new PortInUseException(address.port(), ex);
			}
			throw new ListenFailedException(prefix(address.name()) + ".port", address.host(), address.port(),
					reason(ex), ex);
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

		ListenFailedException(String property, @Nullable String address, int port, String reason,
				@Nullable Throwable cause) {
			super("Cannot listen on " + describe(address, port) + ": " + reason, cause);
			this.property = property;
			this.address = describe(address, port);
			this.reason = reason;
		}

		private static String describe(@Nullable String address, int port) {
			return ((address != null) ? address + " " : "") + "port " + port;
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
