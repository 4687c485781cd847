package io.unicorn.master.event;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

import io.unicorn.master.arbiter.pool.ProcessSignal;

/**
 * Finds the signals that this process was started to ignore, as {@code nohup} and shells
 * without job control do with HUP or INT. They stay ignored.
 */
final class IgnoredSignals {

	private static final String IGNORED = "SigIgn:";

	private static final String BLOCKED = "SigBlk:";

	private IgnoredSignals() {
	}

	/**
	 * Return which of these signals have no effect. The signals that the master takes are
	 * blocked; one that is ignored and not blocked is lost.
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
