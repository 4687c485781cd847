package io.unicorn.master;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Tells whether the kernel has killed a process for want of memory: its counter is in the
 * {@code memory.events} of our control group (version 2), or, for the whole machine, in
 * {@code /proc/vmstat}.
 */
final class OomKills {

	private final Path source;

	private long last;

	OomKills() {
		this(source());
	}

	/**
	 * Create for a file with a line {@code oom_kill <count>}.
	 */
	OomKills(Path source) {
		this.source = source;
		this.last = read();
	}

	private static Path source() {
		try {
			for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
				if (line.startsWith("0::/")) {
					Path events = Path.of("/sys/fs/cgroup", line.substring(3), "memory.events");
					if (Files.isReadable(events)) {
						return events;
					}
				}
			}
		}
		catch (IOException | RuntimeException ex) {
			// No control groups.
		}
		return Path.of("/proc/vmstat");
	}

	/**
	 * Whether it has happened since the last call.
	 */
	boolean sinceLast() {
		long before = this.last;
		this.last = read();
		return this.last > before;
	}

	private long read() {
		try {
			List<String> lines = Files.readAllLines(this.source);
			return lines.stream()
				.filter((line) -> line.startsWith("oom_kill "))
				.mapToLong((line) -> Long.parseLong(line.substring("oom_kill ".length()).strip()))
				.findFirst()
				.orElse(0);
		}
		catch (IOException | RuntimeException ex) {
			return 0;
		}
	}

}
