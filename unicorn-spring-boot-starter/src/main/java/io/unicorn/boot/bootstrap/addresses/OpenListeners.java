package io.unicorn.boot.bootstrap.addresses;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.ListenAddress;
import io.unicorn.launch.settings.BindAddress;
import io.unicorn.posix.Listener;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.web.server.PortInUseException;

/**
 * Opens one listener for each address of a pool, which all workers share.
 */
public final class OpenListeners {

	private OpenListeners() {
	}

	/**
	 * Open all listeners.
	 * @param probe where the master is to answer probes, which is only checked, or
	 * {@code null}
	 * @return the listeners by name
	 * @throws PortInUseException if another program listens on an address
	 * @throws WebAddresses.ListenFailedException if an address cannot be opened for
	 * another reason
	 */
	public static Map<String, Listener> of(List<ListenAddress> addresses, LaunchPlan.@Nullable Probe probe,
			Posix posix) {
		if (probe != null) {
			ProbePort.check(probe, addresses);
		}
		Map<String, Listener> listeners = new LinkedHashMap<>();
		try {
			addresses.forEach((address) -> listeners.put(address.name(), open(address, posix)));
			if (probe != null) {
				ProbePort.check(probe, posix);
			}
			return listeners;
		}
		catch (RuntimeException | Error ex) {
			close(addresses, listeners, posix);
			throw ex;
		}
	}

	/**
	 * Close listeners that no master takes over, and delete the files of Unix sockets.
	 * @param addresses the addresses of these listeners, and of others
	 * @param listeners the listeners by name
	 */
	public static void close(List<ListenAddress> addresses, Map<String, Listener> listeners, Posix posix) {
		for (ListenAddress address : addresses) {
			if (listeners.containsKey(address.name()) && address.bind() instanceof BindAddress.Unix unix) {
				try {
					Files.deleteIfExists(unix.path());
				}
				catch (IOException ex) {
					// The next start replaces it.
				}
			}
		}
		listeners.values().forEach((listener) -> posix.close(listener.fd()));
	}

	private static Listener open(ListenAddress address, Posix posix) {
		if (address.bind() instanceof BindAddress.Unix unix) {
			UnixSocketPlace.check(address.name(), unix, address.options().owner());
		}
		try {
			return address.open(posix);
		}
		catch (PosixException ex) {
			if (ex.errno() == PosixException.EADDRINUSE && address.bind() instanceof BindAddress.Tcp tcp) {
				throw new PortInUseException(tcp.port(), ex);
			}
			if (ex.errno() == PosixException.EADDRINUSE && address.bind() instanceof BindAddress.Unix unix) {
				throw AddressFailure.of(address.name(), unix, "another process listens there",
						"Stop that process, such as another pool of this application", ex);
			}
			throw AddressFailure.of(address.name(), address.bind(), reason(address.bind(), ex), ex);
		}
	}

	private static String reason(BindAddress bind, PosixException ex) {
		return (ex.errno() == PosixException.EACCES && bind instanceof BindAddress.Tcp) ? ex.getMessage()
				+ "; ports below 1024 need root, CAP_NET_BIND_SERVICE or a lower net.ipv4.ip_unprivileged_port_start"
				: String.valueOf(ex.getMessage());
	}

}
