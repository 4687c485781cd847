package io.unicorn.launch.settings;

import java.nio.charset.Charset;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * An address to listen on, as it is written in the configuration: {@code host:port},
 * {@code :port}, {@code port}, {@code [ipv6]:port}, {@code unix:/path} or
 * {@code fd://number}.
 */
public sealed interface BindAddress {

	/** {@code sun_path} has 108 bytes, and the last one is 0. */
	int MOST_PATH_BYTES = 107;

	/** What {@link #parse} takes, for messages. */
	String FORMS = "an address: 8080, :8080, 0.0.0.0:8080, [::1]:8080, unix:/run/app.sock (a path of at most "
			+ MOST_PATH_BYTES + " bytes) or fd://3 (a descriptor from 3 on)";

	/**
	 * A host and a port.
	 *
	 * @param host name or IP address, an IPv6 address without brackets, or {@code null}
	 * for all addresses of the machine
	 * @param port 0 to 65535; 0 lets the system choose
	 */
	record Tcp(@Nullable String host, int port) implements BindAddress {

		private static final Pattern FORM = Pattern
			.compile("(?:(?:\\[([^\\s\\[\\]]+)]|([^\\s:\\[\\]/]*)):)?(\\d{1,5})");

		private static final int MAX_PORT = 65_535;

		private static @Nullable Tcp parse(String text) {
			Matcher form = FORM.matcher(text);
			if (!form.matches() || Integer.parseInt(form.group(3)) > MAX_PORT) {
				return null;
			}
			String host = (form.group(1) != null) ? form.group(1) : form.group(2);
			return new Tcp((host == null || host.isEmpty()) ? null : host, Integer.parseInt(form.group(3)));
		}

		/**
		 * Whether each connection to another address would be one to this address, too.
		 * The hosts are IP addresses as {@link java.net.InetAddress} prints them.
		 */
		public boolean includes(Tcp other) {
			if (this.port == 0 || this.port != other.port) {
				return false;
			}
			// As the pool opens it, a socket for all IPv6 addresses takes IPv4, too.
			boolean all = this.host == null || this.host.equals("0:0:0:0:0:0:0:0");
			boolean allOfIpv4 = "0.0.0.0".equals(this.host) && other.host != null && !other.host.contains(":");
			return all || allOfIpv4 || Objects.equals(this.host, other.host);
		}

		@Override
		public String toString() {
			if (this.host == null) {
				return ":" + this.port;
			}
			return (this.host.contains(":") ? "[" + this.host + "]" : this.host) + ":" + this.port;
		}

	}

	/**
	 * A Unix socket.
	 *
	 * @param path where its file is, absolute
	 */
	record Unix(Path path) implements BindAddress {

		private static final String PREFIX = "unix:";

		private static @Nullable Unix parse(String text) {
			try {
				String name = text.substring(PREFIX.length());
				Path path = Path.of(name).toAbsolutePath().normalize();
				boolean named = !name.isEmpty() && !name.endsWith("/") && path.getFileName() != null;
				return (named && bytes(path) <= MOST_PATH_BYTES) ? new Unix(path) : null;
			}
			catch (InvalidPathException ex) {
				return null;
			}
		}

		private static int bytes(Path path) {
			String encoding = System.getProperty("sun.jnu.encoding");
			return path.toString()
				.getBytes((encoding != null && Charset.isSupported(encoding)) ? Charset.forName(encoding)
						: Charset.defaultCharset()).length;
		}

		@Override
		public String toString() {
			return PREFIX + this.path;
		}

	}

	/**
	 * A listening socket that the process has when it is started.
	 *
	 * @param number its descriptor, above 2
	 */
	record Passed(int number) implements BindAddress {

		private static final String PREFIX = "fd://";

		private static @Nullable Passed parse(String text) {
			String number = text.substring(PREFIX.length());
			return (number.matches("[0-9]{1,6}") && Integer.parseInt(number) > 2) ? new Passed(Integer.parseInt(number))
					: null;
		}

		@Override
		public String toString() {
			return PREFIX + this.number;
		}

	}

	/**
	 * Return the address that a text names, or {@code null} if it is none.
	 */
	static @Nullable BindAddress parse(String text) {
		String stripped = text.strip();
		if (stripped.startsWith(Unix.PREFIX)) {
			return Unix.parse(stripped);
		}
		return stripped.startsWith(Passed.PREFIX) ? Passed.parse(stripped) : Tcp.parse(stripped);
	}

}
