package io.unicorn.launch.plan;

import java.net.InetAddress;
import java.net.UnknownHostException;

import org.jspecify.annotations.Nullable;

/**
 * Describes an address on which the pool listens, as it is configured.
 *
 * @param name name of the listener, {@link LaunchPlan#HTTP} or
 * {@link LaunchPlan#MANAGEMENT}
 * @param host the IP address, or {@code null} for all addresses of the machine
 * @param port the port, 0 to 65535; 0 lets the system choose one
 * @param backlog the length of the backlog, at least 1
 */
public record ListenAddress(String name, @Nullable String host, int port, int backlog) {

	/**
	 * Return the address, or {@code null} for all addresses of the machine.
	 */
	public @Nullable InetAddress inetAddress() {
		try {
			// An IP address, so no name is resolved.
			return (this.host != null) ? InetAddress.getByName(this.host) : null;
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException("not an IP address: " + this.host, ex);
		}
	}

	/**
	 * Return the key of the socket: addresses with the same key share one socket. If the
	 * system chooses the port, the key has the name of the listener instead.
	 */
	public String key() {
		return ((this.host != null) ? this.host : "*") + " " + ((this.port != 0) ? this.port : this.name);
	}

}
