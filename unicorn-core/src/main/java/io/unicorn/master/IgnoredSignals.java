package io.unicorn.master;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/**
 * The signals that do not reach this process, because whoever started it wanted it so:
 * {@code nohup} and shells without job control make programs ignore HUP or INT, and such
 * a wish is respected.
 */
final class IgnoredSignals {

	private static final String IGNORED = "SigIgn:";

	private static final String BLOCKED = "SigBlk:";

	private IgnoredSignals() {
	}

	/**
	 * Return which of these signals have no effect. Those that we take are blocked, so
	 * what is ignored and not blocked is lost.
	 * @param status the file {@code /proc/self/status}
	 */
	static List<ProcessSignal> of(Collection<ProcessSignal> signals, Path status) {
		try {
			List<String> lines = Files.readAllLines(status);
			long lost = mask(lines, IGNORED) & ~mask(lines, BLOCKED);
			return signals.stream().filter((signal) -> (lost >>> (signal.number() - 1) & 1) == 1).sorted().toList();
		}
		catch (IOException | NumberFormatException ex) {
			return List.of();
		}
	}

	private static long mask(List<String> lines, String name) {
		return lines.stream()
			.filter((line) -> line.startsWith(name))
			.mapToLong((line) -> Long.parseUnsignedLong(line.substring(name.length()).strip(), 16))
			.findFirst()
			.orElse(0);
	}

}
