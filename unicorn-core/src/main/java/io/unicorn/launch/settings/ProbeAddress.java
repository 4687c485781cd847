package io.unicorn.launch.settings;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The address on which the master answers probes.
 *
 * @param host name or IP address, an IPv6 address without brackets
 * @param port the port, 1 to 65535
 */
public record ProbeAddress(String host, int port) {

	/** Nobody is authenticated, so only this machine may ask unless told otherwise. */
	private static final String LOOPBACK = "127.0.0.1";

	private static final Pattern FORM = Pattern.compile("(?:(?:\\[([^\\s\\[\\]]+)]|([^\\s:\\[\\]]+)):)?(\\d{1,5})");

	private static final int MAX_PORT = 65_535;

	/**
	 * Return the address that a text names, or {@code null} if it is none of
	 * {@code PORT}, {@code HOST:PORT} and {@code [IPV6]:PORT}.
	 */
	public static @Nullable ProbeAddress parse(String text) {
		Matcher form = FORM.matcher(text.strip());
		if (!form.matches()) {
			return null;
		}
		int port = Integer.parseInt(form.group(3));
		if (port < 1 || port > MAX_PORT) {
			return null;
		}
		String host = (form.group(1) != null) ? form.group(1) : form.group(2);
		return new ProbeAddress((host != null) ? host : LOOPBACK, port);
	}

	/** Return the address as in a URL. */
	@Override
	public String toString() {
		return (this.host.contains(":") ? "[" + this.host + "]" : this.host) + ":" + this.port;
	}

}
