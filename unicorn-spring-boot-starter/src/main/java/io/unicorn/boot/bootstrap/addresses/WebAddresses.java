package io.unicorn.boot.bootstrap.addresses;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

import io.unicorn.boot.autoconfigure.UnicornProperties;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.ListenAddress;
import io.unicorn.launch.settings.BindAddress;
import io.unicorn.launch.settings.SocketMode;
import io.unicorn.posix.BacklogLimit;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Reads the addresses that the pool is configured to listen on: those of the
 * application's web servers, and further ones for servers inside the application.
 */
public final class WebAddresses {

	/**
	 * Gunicorn's default. Connections wait in the backlog while workers are replaced, so
	 * Tomcat's 100 is too few; the kernel limits it to {@code net.core.somaxconn}.
	 */
	private static final int DEFAULT_BACKLOG = 2048;

	private static final int DEFAULT_PORT = 8080;

	private final Binder binder;

	private final UnicornProperties properties;

	private final PassedSockets passed;

	private final RandomPorts randomPorts;

	private final boolean actuator;

	/**
	 * Create.
	 * @param properties what of it is the pool's own configuration
	 * @param passed the sockets that a service manager has passed to the pool
	 */
	public WebAddresses(Environment environment, ClassLoader classLoader, UnicornProperties properties,
			PassedSockets passed) {
		this.binder = Binder.get(environment);
		this.properties = properties;
		this.passed = properties.bind().isEmpty() ? passed : new PassedSockets(List.of());
		this.randomPorts = RandomPorts.of(environment);
		this.actuator = ClassUtils.isPresent(
				"org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties", classLoader);
	}

	/**
	 * Return the addresses, in the order in which workers get their sockets.
	 * @throws ListenFailedException if the number of a port is out of range, a host is
	 * unknown, or an address includes another one
	 */
	public List<ListenAddress> addresses() {
		int serverPort = number("server.port", DEFAULT_PORT);
		if (this.properties.bind().isEmpty()) {
			serverPort = this.randomPorts.port(LaunchPlan.HTTP, serverPort);
		}
		List<ListenAddress> addresses = new ArrayList<>();
		for (BindAddress bind : ofServer(serverPort)) {
			String name = LaunchPlan.HTTP + (addresses.isEmpty() ? "" : "-" + (addresses.size() + 1));
			addresses.add(address(name, bind));
		}
		Integer port = this.actuator ? this.binder.bind("management.server.port", Integer.class).orElse(null) : null;
		if (port != null && port >= 0 && (port != serverPort || serverPort == 0)) {
			BindAddress socket = this.passed.ofManagement();
			addresses.add(address(LaunchPlan.MANAGEMENT, (socket != null) ? socket
					: configured(LaunchPlan.MANAGEMENT, this.randomPorts.port(LaunchPlan.MANAGEMENT, port))));
		}
		this.properties.listeners().forEach((name, text) -> addresses.add(address(name, parsed(text))));
		checkOverlaps(addresses);
		return addresses;
	}

	/** The kernel would report the second of two such addresses as in use. */
	private void checkOverlaps(List<ListenAddress> addresses) {
		for (int i = 1; i < addresses.size(); i++) {
			ListenAddress address = addresses.get(i);
			for (ListenAddress given : addresses.subList(0, i)) {
				boolean shared = this.properties.reusePort() && !address.key().equals(given.key());
				if (address.overlaps(given.bind()) && !shared) {
					boolean includes = address.bind() instanceof BindAddress.Tcp wide
							&& given.bind() instanceof BindAddress.Tcp narrow && wide.includes(narrow);
					throw AddressFailure.overlap(address, given, includes, !this.properties.bind().isEmpty());
				}
			}
		}
	}

	private List<BindAddress> ofServer(int serverPort) {
		if (!this.properties.bind().isEmpty()) {
			return this.properties.bind().stream().map(WebAddresses::parsed).toList();
		}
		List<BindAddress> sockets = this.passed.ofServer();
		return sockets.isEmpty() ? List.of(configured(LaunchPlan.HTTP, serverPort)) : sockets;
	}

	/** The properties are checked, so it is an address. */
	private static BindAddress parsed(String text) {
		return Objects.requireNonNull(BindAddress.parse(text));
	}

	/** Return the address that Spring Boot's own properties give to a server. */
	private BindAddress configured(String name, int port) {
		InetAddress address = this.binder.bind(prefix(name) + ".address", InetAddress.class).orElse(null);
		BindAddress.Tcp bind = new BindAddress.Tcp((address != null) ? address.getHostAddress() : null, port);
		if (port < 0 || port > 65_535) {
			throw AddressFailure.of(name, bind, "a port is a number from 0 to 65535, and 0 lets the system choose one",
					null);
		}
		return bind;
	}

	private ListenAddress address(String name, BindAddress bind) {
		BindAddress resolved = bind;
		if (bind instanceof BindAddress.Tcp tcp && tcp.host() != null) {
			try {
				resolved = new BindAddress.Tcp(InetAddress.getByName(tcp.host()).getHostAddress(),
						this.randomPorts.port(name, tcp.port()));
			}
			catch (UnknownHostException ex) {
				throw AddressFailure.of(name, bind, "its host is unknown", ex);
			}
		}
		else if (bind instanceof BindAddress.Tcp tcp) {
			resolved = new BindAddress.Tcp(null, this.randomPorts.port(name, tcp.port()));
		}
		return new ListenAddress(name, resolved,
				new ListenAddress.Options(backlog(), this.properties.reusePort(),
						SocketMode.parse(this.properties.unix().mode()).orElseThrow(),
						Objects.requireNonNullElse(this.properties.unix().owner(), "").strip()));
	}

	private int backlog() {
		Integer own = this.properties.backlog();
		return (own != null) ? own : Math.max(1, number("server.tomcat.accept-count", DEFAULT_BACKLOG));
	}

	private int number(String property, int fallback) {
		Integer number = this.binder.bind(property, Integer.class).orElse(null);
		return (number != null) ? number : fallback;
	}

	/**
	 * Return lines for the log about what differs from the configuration.
	 * @param addresses what {@link #addresses} has returned
	 */
	public List<String> remarks(List<ListenAddress> addresses) {
		List<String> remarks = new ArrayList<>();
		int limit = BacklogLimit.of(backlog());
		if (limit < backlog()) {
			remarks.add("the kernel limits each backlog to " + limit + " connections (net.core.somaxconn), not "
					+ backlog());
		}
		List<BindAddress> unused = new ArrayList<>(this.passed.named(null));
		addresses.forEach((address) -> unused.remove(address.bind()));
		if (!unused.isEmpty()) {
			remarks.add("nothing uses the passed " + ((unused.size() == 1) ? "socket " : "sockets ")
					+ unused.stream().map(BindAddress::toString).collect(Collectors.joining(", ")));
		}
		return remarks;
	}

	/** Return the prefix of the properties that configure the address with this name. */
	public static String prefix(String name) {
		return name.equals(LaunchPlan.MANAGEMENT) ? "management.server" : "server";
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
