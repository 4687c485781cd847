package io.unicorn.sample.testsupport.process;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The TCP addresses on which a process listens, from the kernel's tables.
 */
public final class ListeningAddresses {

	private static final String LISTENING = "0A";

	private ListeningAddresses() {
	}

	/**
	 * Return the addresses.
	 * @param pid the process
	 * @return each as {@code address:port}; an IPv4 address of an IPv6 socket is given as
	 * IPv4
	 */
	public static List<String> of(long pid) throws IOException {
		Set<String> inodes = new HashSet<>();
		try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
			for (Path descriptor : descriptors.toList()) {
				if (Files.exists(descriptor) || Files.isSymbolicLink(descriptor)) {
					inodes.add(Files.readSymbolicLink(descriptor).toString());
				}
			}
		}
		List<String> addresses = new ArrayList<>();
		for (String table : List.of("tcp", "tcp6")) {
			for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/net/" + table))) {
				String[] fields = line.strip().split(" +", -1);
				if (fields[3].equals(LISTENING) && inodes.contains("socket:[" + fields[9] + "]")) {
					addresses.add(address(fields[1]));
				}
			}
		}
		return addresses;
	}

	/** The kernel prints each four bytes as a number of this machine's byte order. */
	private static String address(String text) throws IOException {
		String[] parts = text.split(":", -1);
		ByteBuffer bytes = ByteBuffer.allocate(parts[0].length() / 2).order(ByteOrder.nativeOrder());
		for (int i = 0; i < parts[0].length(); i += 8) {
			bytes.putInt(Integer.parseUnsignedInt(parts[0].substring(i, i + 8), 16));
		}
		return InetAddress.getByAddress(bytes.array()).getHostAddress() + ":" + Integer.parseInt(parts[1], 16);
	}

}
