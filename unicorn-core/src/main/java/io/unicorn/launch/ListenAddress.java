package io.unicorn.launch;

import java.net.InetAddress;
import java.net.UnknownHostException;

import org.jspecify.annotations.Nullable;

/**
 * An address on which the pool is to listen, as it is configured.
 *
 * @param name what it is for, {@link LaunchPlan#HTTP} or {@link LaunchPlan#MANAGEMENT}
 * @param host the IP address, or {@code null} for all addresses of the machine
 * @param port the port, 0 to 65535; 0 lets the system choose one
 * @param backlog the length of the accept queue, at least 1
 */
public record ListenAddress(String name, @Nullable String host, int port, int backlog) {

	/**
	 * Return the address, or {@code null} for all addresses of the machine.
	 */
	public @Nullable InetAddress inetAddress() {
		try {
			// An IP address, which needs no resolving.
			return (this.host != null) ? InetAddress.getByName(this.host) : null;
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException("not an IP address: " + this.host, ex);
		}
	}

	/**
	 * Return what identifies the socket: two addresses with the same key share one. A
	 * port that the system chooses belongs to the purpose that it was chosen for.
	 */
	public String key() {
		return ((this.host != null) ? this.host : "*") + " " + ((this.port != 0) ? this.port : this.name);
	}

}
