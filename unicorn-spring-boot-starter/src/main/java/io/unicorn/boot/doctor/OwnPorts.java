package io.unicorn.boot.doctor;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import io.unicorn.launch.plan.WorkerCommand;

/**
 * The TCP ports on which this worker listens with a socket that it has opened itself. The
 * kernel's tables name the sockets of all processes by number, and the descriptors of
 * this process lead to its own.
 */
final class OwnPorts {

	/** {@code TCP_LISTEN}. */
	private static final String LISTENING = "0A";

	private static final Path SELF = Path.of("/proc/self");

	private static final Path EPHEMERAL = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

	private OwnPorts() {
	}

	/**
	 * Return them, without ports that the system has chosen or that processes share.
	 * Without {@code /proc} there are none.
	 */
	static Set<Integer> find() {
		Set<Integer> ports = new TreeSet<>();
		try {
			Set<String> own = sockets();
			own.removeAll(inherited());
			String[] chosen = range();
			for (String table : List.of("tcp", "tcp6")) {
				try (Stream<String> lines = Files.lines(SELF.resolve("net").resolve(table),
						StandardCharsets.ISO_8859_1)) {
					lines.map((line) -> line.strip().split(" +", -1))
						.filter((row) -> row.length > 9 && row[3].equals(LISTENING) && own.contains(row[9]))
						.map((row) -> Integer.valueOf(row[1].substring(row[1].indexOf(':') + 1), 16))
						.filter((port) -> port < Integer.parseInt(chosen[0]) || port > Integer.parseInt(chosen[1]))
						.forEach(ports::add);
				}
			}
		}
		catch (IOException | UncheckedIOException ex) {
			return Set.of();
		}
		ports.removeIf(OwnPorts::isShared);
		return ports;
	}

	/** The kernel returns it to one read alone, and Files.readString makes several. */
	private static String[] range() throws IOException {
		try (BufferedReader reader = Files.newBufferedReader(EPHEMERAL)) {
			String line = reader.readLine();
			String[] range = (line != null) ? line.strip().split("\\s+", 2) : new String[0];
			if (range.length != 2) {
				throw new IOException("no range of ports: " + line);
			}
			return range;
		}
	}

	/** Return the numbers of the sockets that are open in this process. */
	private static Set<String> sockets() throws IOException {
		Set<String> numbers = new HashSet<>();
		try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(SELF.resolve("fd"))) {
			for (Path descriptor : descriptors) {
				numbers.add(socket(descriptor));
			}
		}
		return numbers;
	}

	private static Set<String> inherited() {
		Set<String> numbers = new HashSet<>();
		Arrays.stream(System.getProperty(WorkerCommand.LISTENERS_PROPERTY, "").split(",", -1))
			.map((entry) -> entry.split(":", -1))
			.filter((entry) -> entry.length > 1)
			.forEach((entry) -> numbers.add(socket(SELF.resolve("fd").resolve(entry[1]))));
		return numbers;
	}

	private static String socket(Path descriptor) {
		try {
			String target = Files.readSymbolicLink(descriptor).toString();
			return target.startsWith("socket:[") ? target.substring(8, target.length() - 1) : "";
		}
		catch (IOException ex) {
			// It was closed meanwhile.
			return "";
		}
	}

	/** Whether its owner lets others open it, as this call does without listening. */
	private static boolean isShared(int port) {
		try (SocketChannel other = SocketChannel.open()) {
			other.setOption(StandardSocketOptions.SO_REUSEPORT, true);
			other.bind(new InetSocketAddress(port));
			return true;
		}
		catch (IOException | UnsupportedOperationException ex) {
			return false;
		}
	}

}
