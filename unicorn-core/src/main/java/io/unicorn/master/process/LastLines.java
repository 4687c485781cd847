package io.unicorn.master.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import io.unicorn.launch.workdir.WriteProblem;
import io.unicorn.master.arbiter.pool.ProcessSignal;

/**
 * Reads the end of a process's output, and finds the line that says why it failed.
 */
public final class LastLines {

	private static final int MOST_CHARACTERS = 300;

	/** At most so many bytes at the end of a file are read. */
	private static final int MOST_BYTES = 64 * 1024;

	private static final int MOST_LINES = 40;

	private LastLines() {
	}

	/**
	 * Return the last lines of what a process has printed to a file, without frames of
	 * stack traces; nothing if it cannot be read.
	 */
	public static List<String> read(Path file) {
		try (var in = Files.newInputStream(file)) {
			in.skipNBytes(Math.max(0, Files.size(file) - MOST_BYTES));
			return of(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList(), MOST_LINES);
		}
		catch (IOException ex) {
			return List.of();
		}
	}

	/**
	 * Return how a process has failed, as the rest of a sentence, and why.
	 * @param code its exit code
	 * @param signal the signal that has ended it, or 0
	 * @param lines lines without frames of stack traces
	 */
	public static String failure(int code, int signal, List<String> lines) {
		String how = (signal != 0) ? "was killed by " + ProcessSignal.describe(signal)
				: "failed with exit code " + code;
		String cause = cause(lines);
		return cause.isEmpty() ? how : how + ": " + cause;
	}

	/**
	 * Return how a process has failed, as {@link #failure(int, int, List)} does. If it
	 * has printed nothing, the reason may be that nothing can be written.
	 * @param directory where it should have written
	 */
	public static String failure(int code, int signal, List<String> lines, Path directory) {
		String failure = failure(code, signal, lines);
		return (signal == 0 && cause(lines).isEmpty())
				? failure + WriteProblem.in(directory).map((problem) -> ": " + problem).orElse("") : failure;
	}

	/**
	 * Return the words that say best what went wrong: what Spring Boot describes, or else
	 * the innermost cause, or else an error of the JVM's launcher, or else the last line;
	 * empty if there is none.
	 * @param lines lines without frames of stack traces
	 */
	static String cause(List<String> lines) {
		int description = lines.lastIndexOf("Description:");
		if (description >= 0) {
			return lines.stream()
				.skip(description + 1L)
				.takeWhile((line) -> !line.equals("Action:"))
				.map(String::strip)
				.filter((line) -> !line.isEmpty())
				.collect(Collectors.joining(" "));
		}
		return last(lines, "Caused by: ").or(() -> last(lines, "Error: "))
			.or(() -> last(lines, "Exception in thread"))
			.or(() -> last(lines, ""))
			.orElse("");
	}

	private static Optional<String> last(List<String> lines, String beginning) {
		return lines.stream()
			.filter((line) -> !line.isBlank() && line.startsWith(beginning))
			.reduce((former, later) -> later);
	}

	/**
	 * Return the last lines that are no frames of a stack trace: of a trace, the messages
	 * are what helps, and the frames would leave no room for them.
	 * @param most how many lines
	 */
	static List<String> of(List<String> lines, int most) {
		List<String> telling = lines.stream()
			.map(String::stripTrailing)
			.filter((line) -> !line.startsWith("\tat ") && !line.startsWith("\t... "))
			.map((line) -> (line.length() > MOST_CHARACTERS) ? line.substring(0, MOST_CHARACTERS) + "…" : line)
			.toList();
		return telling.subList(Math.max(0, telling.size() - most), telling.size());
	}

}
