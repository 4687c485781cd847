package io.unicorn.boot.bootstrap.addresses;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.launch.settings.BindAddress;
import org.jspecify.annotations.Nullable;

/**
 * The listening sockets that a service manager has passed to this process, as systemd
 * does for a unit with a {@code .socket} file: descriptors from 3 on, which environment
 * variables describe. A process that prepares a roll-out knows them by the master.
 *
 * @param names their names, from descriptor 3 on
 */
public record PassedSockets(List<String> names) {

	private static final int FIRST = 3;

	/** More than anyone passes; a number above that is no number of sockets. */
	private static final int MOST = 1000;

	/** As systemd calls a socket without a name. */
	private static final String UNKNOWN = "unknown";

	public PassedSockets {
		names = List.copyOf(names);
	}

	/**
	 * Return those of the pool that this process starts or prepares.
	 */
	public static PassedSockets current() {
		String known = System.getProperty(WorkerCommand.PASSED_PROPERTY);
		if (known != null) {
			return new PassedSockets(known.isEmpty() ? List.of() : List.of(known.split(":", -1)));
		}
		return of(System.getenv(), ProcessHandle.current().pid());
	}

	/**
	 * Return those that these variables describe, none if they are for another process.
	 */
	static PassedSockets of(Map<String, String> environment, long pid) {
		String count = environment.getOrDefault("LISTEN_FDS", "");
		boolean described = Long.toString(pid).equals(environment.get("LISTEN_PID")) && count.matches("[0-9]{1,4}");
		if (!described || Integer.parseInt(count) > MOST) {
			return new PassedSockets(List.of());
		}
		String[] given = environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1);
		String[] names = Arrays.copyOf(given, Integer.parseInt(count));
		return new PassedSockets(
				Arrays.stream(names).map((name) -> (name == null || name.isEmpty()) ? UNKNOWN : name).toList());
	}

	/**
	 * Return the sockets of the application's web server: those named {@code http}, or
	 * else all but that of the management server.
	 */
	public List<BindAddress> ofServer() {
		List<BindAddress> named = named(LaunchPlan.HTTP);
		if (!named.isEmpty()) {
			return named;
		}
		List<BindAddress> others = new ArrayList<>(named(null));
		others.removeAll(named(LaunchPlan.MANAGEMENT));
		return others;
	}

	/** Return the socket of the management server, or {@code null} if there is none. */
	@Nullable BindAddress ofManagement() {
		return named(LaunchPlan.MANAGEMENT).stream().findFirst().orElse(null);
	}

	/** Return the sockets with this name, or all of them without one. */
	List<BindAddress> named(@Nullable String name) {
		List<BindAddress> sockets = new ArrayList<>();
		for (int i = 0; i < this.names.size(); i++) {
			if (name == null || this.names.get(i).equals(name)) {
				sockets.add(new BindAddress.Passed(FIRST + i));
			}
		}
		return sockets;
	}

}
