package io.unicorn.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * What the operator has typed.
 *
 * @param command what to do
 * @param pid the master's process id, or {@code null} if none was named
 * @param workDir the pool's private directory, or {@code null} if none was named
 * @param waits whether to wait for the result
 * @param timeout how long to wait at most, or {@code null} for no limit
 */
record Arguments(Name command, @Nullable Integer pid, @Nullable Path workDir, boolean waits,
		@Nullable Duration timeout) {

	private static final Pattern TIME = Pattern.compile("([0-9]{1,6})(ms|s|m|h)?");

	/** The commands. */
	enum Name {

		ROLLOUT, STATUS, HELP;

		@Override
		public String toString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Understand a command line. Options stand anywhere behind the command, as
	 * {@code --name value} or {@code --name=value}.
	 * @throws CommandFailedException if it is wrong
	 */
	static Arguments parse(List<String> arguments) throws CommandFailedException {
		if (arguments.isEmpty()) {
			throw usage("a command is missing");
		}
		if (arguments.contains("--help") || arguments.contains("-h")) {
			return new Arguments(Name.HELP, null, null, true, null);
		}
		Arguments result = new Arguments(command(arguments.get(0)), null, null, true, null);
		Deque<String> rest = new ArrayDeque<>(arguments.subList(1, arguments.size()));
		while (!rest.isEmpty()) {
			result = result.with(rest.remove(), rest);
		}
		return result;
	}

	private static Name command(String text) throws CommandFailedException {
		for (Name name : Name.values()) {
			if (name.toString().equals(text)) {
				return name;
			}
		}
		throw usage("there is no command '" + text + "'");
	}

	private Arguments with(String option, Deque<String> rest) throws CommandFailedException {
		int equals = option.indexOf('=');
		String name = (equals < 0) ? option : option.substring(0, equals);
		if (equals >= 0) {
			rest.push(option.substring(equals + 1));
		}
		boolean rollout = this.command == Name.ROLLOUT;
		if (name.equals("--pid")) {
			return new Arguments(this.command, pid(value(name, rest)), this.workDir, this.waits, this.timeout);
		}
		if (name.equals("--work-dir")) {
			return new Arguments(this.command, this.pid, path(value(name, rest)), this.waits, this.timeout);
		}
		if (name.equals("--timeout") && rollout) {
			return new Arguments(this.command, this.pid, this.workDir, this.waits, time(value(name, rest)));
		}
		if (option.equals("--no-wait") && rollout) {
			return new Arguments(this.command, this.pid, this.workDir, false, this.timeout);
		}
		throw usage("the command " + this.command + " has no option '" + option + "'");
	}

	private static String value(String name, Deque<String> rest) throws CommandFailedException {
		if (rest.isEmpty() || rest.element().isEmpty()) {
			throw usage(name + " needs a value");
		}
		return rest.remove();
	}

	private static Integer pid(String text) throws CommandFailedException {
		try {
			int pid = Integer.parseInt(text);
			if (pid > 0) {
				return pid;
			}
		}
		catch (NumberFormatException ex) {
			// Reported below.
		}
		throw usage("--pid is the id of a process, not '" + text + "'");
	}

	private static Path path(String text) throws CommandFailedException {
		try {
			return Path.of(text);
		}
		catch (InvalidPathException ex) {
			throw usage("--work-dir is a directory, not '" + text + "'");
		}
	}

	private static Duration time(String text) throws CommandFailedException {
		Matcher matcher = TIME.matcher(text);
		if (!matcher.matches()) {
			throw usage("--timeout is a time like 90s, 10m or 1h, not '" + text + "'");
		}
		long amount = Long.parseLong(matcher.group(1));
		String unit = matcher.group(2);
		if (unit == null || unit.equals("s")) {
			return Duration.ofSeconds(amount);
		}
		return switch (unit) {
			case "ms" -> Duration.ofMillis(amount);
			case "m" -> Duration.ofMinutes(amount);
			default -> Duration.ofHours(amount);
		};
	}

	private static CommandFailedException usage(String message) {
		return new CommandFailedException(CommandFailedException.USAGE, message);
	}

}
