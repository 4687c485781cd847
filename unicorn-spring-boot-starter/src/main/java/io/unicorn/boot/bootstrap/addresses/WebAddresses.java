package io.unicorn.boot.bootstrap.addresses;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.ListenAddress;
import io.unicorn.posix.Listener;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Reads the addresses that the application's web servers are configured to listen on, and
 * opens one listener for each, which all workers share.
 */
public final class WebAddresses {

	/**
	 * Gunicorn's default. Connections wait in the backlog while workers are replaced, so
	 * Tomcat's 100 is too few; the kernel limits it to {@code net.core.somaxconn}.
	 */
	private static final int DEFAULT_BACKLOG = 2048;

	private static final int DEFAULT_PORT = 8080;

	private final Binder binder;

	private final RandomPorts randomPorts;

	private final boolean actuator;

	public WebAddresses(Environment environment, ClassLoader classLoader) {
		this.binder = Binder.get(environment);
		this.randomPorts = RandomPorts.of(environment);
		this.actuator = ClassUtils.isPresent(
				"org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties", classLoader);
	}

	/**
	 * Return the addresses, in the order in which workers get their sockets.
	 * @throws ListenFailedException if the number of a port is out of range
	 */
	public List<ListenAddress> addresses() {
		int port = this.randomPorts.port(LaunchPlan.HTTP, number("server.port", DEFAULT_PORT));
		List<ListenAddress> addresses = new ArrayList<>();
		addresses.add(address(LaunchPlan.HTTP, port));
		Integer managementPort = this.actuator ? this.binder.bind("management.server.port", Integer.class).orElse(null)
				: null;
		if (managementPort != null && managementPort >= 0 && (managementPort != port || port == 0)) {
			addresses.add(address(LaunchPlan.MANAGEMENT, this.randomPorts.port(LaunchPlan.MANAGEMENT, managementPort)));
		}
		return addresses;
	}

	private ListenAddress address(String name, int port) {
		InetAddress address = this.binder.bind(prefix(name) + ".address", InetAddress.class).orElse(null);
		String host = (address != null) ? address.getHostAddress() : null;
		if (port < 0 || port > 65_535) {
			throw failure(prefix(name), host, port,
					"a port is a number from 0 to 65535, and 0 lets the system choose one", null);
		}
		return new ListenAddress(name, host, port, Math.max(1, number("server.tomcat.accept-count", DEFAULT_BACKLOG)));
	}

	/** Return the prefix of the properties that configure the address with this name. */
	public static String prefix(String name) {
		return name.equals(LaunchPlan.MANAGEMENT) ? "management.server" : "server";
	}

	/**
	 * Open all listeners.
	 * @param probe where the master is to answer probes, which is only checked, or
	 * {@code null}
	 * @return the listeners by name
	 * @throws PortInUseException if another program listens on an address
	 * @throws ListenFailedException if an address cannot be opened for another reason
	 */
	public static Map<String, Listener> open(List<ListenAddress> addresses, LaunchPlan.@Nullable Probe probe,
			Posix posix) {
		Map<String, Listener> listeners = new LinkedHashMap<>();
		try {
			addresses.forEach((address) -> listeners.put(address.name(), open(address, posix)));
			if (probe != null) {
				ProbePort.check(probe, posix);
			}
			return listeners;
		}
		catch (RuntimeException | Error ex) {
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
			throw failure(prefix(address.name()), address.host(), address.port(), reason(ex), ex);
		}
	}

	private static ListenFailedException failure(String prefix, @Nullable String host, int port, String reason,
			@Nullable Throwable cause) {
		return new ListenFailedException("The web server", ((host != null) ? host + " " : "") + "port " + port, reason,
				"Set " + prefix + ".port to a port that this process may open, and " + prefix
						+ ".address to an address of this machine.",
				cause);
	}

	private static String reason(PosixException ex) {
		return (ex.errno() == PosixException.EACCES) ? ex.getMessage()
				+ "; ports below 1024 need root, CAP_NET_BIND_SERVICE or a lower net.ipv4.ip_unprivileged_port_start"
				: String.valueOf(ex.getMessage());
	}

	/**
	 * Thrown if an address cannot be listened on.
	 */
	public static class ListenFailedException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		private final String subject;

		private final String address;

		private final String reason;

		private final String advice;

		/**
		 * Create.
		 * @param subject who cannot listen, as the beginning of a sentence
		 * @param advice what to do about it, in whole sentences
		 */
		ListenFailedException(String subject, String address, String reason, String advice, @Nullable Throwable cause) {
			super("Cannot listen on " + address + ": " + reason, cause);
			this.subject = subject;
			this.address = address;
			this.reason = reason;
			this.advice = advice;
		}

		String getDescription() {
			return this.subject + " cannot listen on " + this.address + ": " + this.reason + ".";
		}

		String getAdvice() {
			return this.advice;
		}

	}

}
