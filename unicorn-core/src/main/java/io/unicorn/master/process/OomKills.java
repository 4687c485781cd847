package io.unicorn.master.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Tells whether the kernel's OOM killer has killed a process since the last question, by
 * the counter in {@code memory.events} of this process's control group (version 2) or,
 * for the whole machine, in {@code /proc/vmstat}.
 */
public final class OomKills {

	private final Path source;

	private long last;

	public OomKills() {
		this(source());
	}

	/**
	 * Create for a file with a line {@code oom_kill <count>}.
	 */
	public OomKills(Path source) {
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
	 * Whether the OOM killer has killed a process since the last call.
	 */
	public boolean sinceLast() {
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
