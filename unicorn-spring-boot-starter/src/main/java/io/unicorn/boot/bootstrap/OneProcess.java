package io.unicorn.boot.bootstrap;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import io.unicorn.boot.bootstrap.addresses.PassedSockets;
import io.unicorn.launch.settings.BindAddress;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.StringUtils;

/**
 * Runs the application in this one process. If a pool was wanted, it listens on an
 * address of the pool: on {@code server.port}, clients might reach it from which
 * {@code unicorn.bind} keeps the pool away.
 */
final class OneProcess {

	private static final Log logger = LogFactory.getLog(PoolRunListener.class);

	private static final String BIND = "unicorn.bind";

	private static final String PROXY_PROTOCOL = "unicorn.proxy-protocol";

	private static final String PORT = "server.port";

	private static final String ADDRESS = "server.address";

	private static final String MANAGEMENT_PORT = "management.server.port";

	private final ConfigurableEnvironment environment;

	private final List<String> bind;

	private final String proxyProtocol;

	OneProcess(ConfigurableEnvironment environment) {
		this.environment = environment;
		this.bind = value(BIND, Bindable.listOf(String.class), List.of());
		String protocol = value(PROXY_PROTOCOL, Bindable.of(String.class), "").strip();
		// YAML has read off as false.
		this.proxyProtocol = List.of("off", "false").contains(protocol.toLowerCase(Locale.ROOT)) ? "" : protocol;
	}

	private <T> T value(String property, Bindable<T> type, T fallback) {
		try {
			return Binder.get(this.environment).bind(property, type).orElseGet(() -> fallback);
		}
		catch (BindException ex) {
			// Where this value matters, the pool has refused it.
			return fallback;
		}
	}

	/**
	 * Log why there is no pool, and where the application listens instead.
	 * @param obstacle the reason, without a full stop at its end
	 * @throws PoolStartException if this process cannot listen where the pool would
	 */
	void replacePool(String obstacle) {
		if (!this.proxyProtocol.isEmpty()) {
			throw refusal(obstacle, "read the headers of " + PROXY_PROTOCOL + "=" + this.proxyProtocol,
					"set " + PROXY_PROTOCOL + "=off, with a proxy that sends no such headers");
		}
		String addresses = "";
		try {
			addresses = this.bind.isEmpty() ? withoutBind(obstacle) : carryOver(obstacle);
		}
		catch (LinkageError ex) {
			if (!this.bind.isEmpty()) {
				throw unservable(obstacle, this.bind);
			}
		}
		logger.error(PoolActivation.oneProcess(obstacle) + addresses);
	}

	/** A service manager keeps its sockets, on which no process would accept. */
	private static String withoutBind(String obstacle) {
		List<BindAddress> sockets = PassedSockets.current().ofServer();
		if (sockets.isEmpty()) {
			return "";
		}
		throw refusal(obstacle,
				"accept from " + join(sockets) + ", "
						+ ((sockets.size() == 1) ? "the socket that was" : "the sockets that were")
						+ " passed to it by its service manager",
				"start it without the sockets, and set " + BIND + " to a TCP address");
	}

	private String carryOver(String obstacle) {
		List<BindAddress> others = new ArrayList<>();
		BindAddress.Tcp first = null;
		for (String text : this.bind) {
			BindAddress address = BindAddress.parse(text);
			if (first == null && address instanceof BindAddress.Tcp tcp) {
				first = tcp;
			}
			else if (address != null) {
				others.add(address);
			}
		}
		if (first == null) {
			throw unservable(obstacle, this.bind);
		}
		this.environment.getPropertySources().addFirst(new MapPropertySource("unicornBind", properties(first)));
		return " It listens on " + text(first) + (others.isEmpty() ? "" : ", and not on " + join(others)) + " (" + BIND
				+ ").";
	}

	private Map<String, Object> properties(BindAddress.Tcp address) {
		Map<String, Object> properties = new HashMap<>();
		properties.put(PORT, address.port());
		if (address.host() != null) {
			properties.put(ADDRESS, address.host());
		}
		else if (this.environment.containsProperty(ADDRESS)) {
			// The JVM takes it for all addresses, IPv6 included.
			properties.put(ADDRESS, "0.0.0.0");
		}
		if (integer(MANAGEMENT_PORT, -1) == integer(PORT, 8080)) {
			// The port of the application has changed, and is still that of both.
			properties.put(MANAGEMENT_PORT, "");
		}
		return properties;
	}

	private int integer(String property, int fallback) {
		return value(property, Bindable.of(Integer.class), fallback);
	}

	private static PoolStartException unservable(String obstacle, List<String> addresses) {
		return refusal(obstacle, "listen on " + String.join(", ", addresses) + " (" + BIND + ")",
				"add a TCP address to " + BIND + ", on which the one process listens then");
	}

	private static PoolStartException refusal(String obstacle, String inability, String remedy) {
		return new PoolStartException(
				StringUtils.capitalize(obstacle) + ". The application in one process cannot " + inability,
				"Remove the obstacle, or " + remedy + ".");
	}

	/**
	 * Log what is without effect where no pool is wanted.
	 */
	void warnOfUnused() {
		List<String> unused = new ArrayList<>();
		if (!this.bind.isEmpty()) {
			unused.add(BIND + "=" + String.join(",", this.bind));
		}
		if (!this.proxyProtocol.isEmpty()) {
			unused.add(PROXY_PROTOCOL + "=" + this.proxyProtocol);
		}
		if (!unused.isEmpty()) {
			logger.warn("There is no pool, so " + String.join(" and ", unused)
					+ ((unused.size() == 1) ? " has" : " have") + " no effect: the application listens on "
					+ text(this.environment.getProperty(ADDRESS), integer(PORT, 8080))
					+ ", by server.address and server.port");
		}
	}

	private static String text(BindAddress.Tcp address) {
		return text(address.host(), address.port());
	}

	private static String text(@Nullable String host, int port) {
		String where = (host == null || host.isBlank()) ? "all addresses" : host;
		return where + ((port == 0) ? " with a free port" : " with port " + port);
	}

	private static String join(List<BindAddress> addresses) {
		return addresses.stream().map(BindAddress::toString).collect(Collectors.joining(", "));
	}

}
