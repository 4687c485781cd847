package io.unicorn.boot.bootstrap.addresses;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.ListenAddress;
import io.unicorn.launch.settings.BindAddress;
import io.unicorn.launch.settings.ProbeAddress;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the address on which the master answers probes.
 */
public final class ProbePort {

	private static final String PROPERTY = "unicorn.probe.address";

	private ProbePort() {
	}

	/**
	 * Return how the master answers probes, or {@code null} if it does not.
	 * @param address the configured address, {@code null} or blank for none
	 * @param minReady the number of workers that have to be ready
	 * @throws WebAddresses.ListenFailedException if the host is unknown
	 */
	public static LaunchPlan.@Nullable Probe of(@Nullable String address, int minReady) {
		ProbeAddress configured = (address != null) ? ProbeAddress.parse(address) : null;
		if (configured == null) {
			return null;
		}
		try {
			String host = InetAddress.getByName(configured.host()).getHostAddress();
			return new LaunchPlan.Probe(new ProbeAddress(host, configured.port()), minReady);
		}
		catch (UnknownHostException ex) {
			throw failure(configured, "its host is unknown", ex);
		}
	}

	/**
	 * Check that the address is none of the application's.
	 * @throws WebAddresses.ListenFailedException if it is
	 */
	public static void check(LaunchPlan.Probe probe, List<ListenAddress> addresses) {
		BindAddress.Tcp own = new BindAddress.Tcp(probe.address().host(), probe.address().port());
		addresses.stream().filter((address) -> address.overlaps(own)).findFirst().ifPresent((address) -> {
			throw failure(probe.address(), "the application listens on " + address.bind() + " (" + address.name() + ")",
					null);
		});
	}

	/**
	 * Check that the address can be listened on, by doing so.
	 */
	static void check(LaunchPlan.Probe probe, Posix posix) {
		ProbeAddress address = probe.address();
		try {
			posix.close(posix.listen(InetAddress.getByName(address.host()), address.port(), 1).fd());
		}
		catch (PosixException | UnknownHostException ex) {
			String reason = (ex instanceof PosixException refused && refused.errno() == PosixException.EADDRINUSE)
					? "it is already in use" : String.valueOf(ex.getMessage());
			throw failure(address, reason, ex);
		}
	}

	private static WebAddresses.ListenFailedException failure(ProbeAddress address, String reason,
			@Nullable Exception cause) {
		return new WebAddresses.ListenFailedException("The master", address.toString(), reason,
				"Stop the program that uses the port, if there is one, or set " + PROPERTY
						+ " to a free port, alone or behind an address of this machine, such as 0.0.0.0:9090.",
				cause);
	}

}
