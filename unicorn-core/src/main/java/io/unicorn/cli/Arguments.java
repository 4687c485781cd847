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
 * Holds the arguments of a command line.
 *
 * @param command the command
 * @param number the number of workers or the index of the worker that the command needs,
 * {@code null} if it needs none
 * @param words the texts that the command needs, empty if it needs none
 * @param pid the process id of the master, or {@code null} if the operator gave none
 * @param workDir the work dir of the pool, or {@code null} if the operator gave none
 * @param waits whether to wait for the result
 * @param timeout how long to wait at most, or {@code null} for no limit
 * @param json whether to print JSON
 */
record Arguments(Name command, @Nullable Integer number, List<String> words, @Nullable Integer pid,
		@Nullable Path workDir, boolean waits, @Nullable Duration timeout, boolean json) {

	private static final Pattern TIME = Pattern.compile("([0-9]{1,6})(ms|s|m|h)?");

	/** The commands. */
	enum Name {

		ROLLOUT, STATUS, TOP, SCALE, RETIRE, DUMP, LOG_LEVEL, UPGRADE, STOP, CHECK, CONFIG, DOCTOR, HELP;

		/** Return what the number behind the command is, empty if there is none. */
		String number() {
			return switch (this) {
				case SCALE -> "a number of workers";
				case RETIRE, DUMP -> "the index of a worker";
				default -> "";
			};
		}

		/** Whether it needs no pool, and its arguments are those of the application. */
		boolean isOfApplication() {
			return this == CHECK || this == CONFIG || this == DOCTOR;
		}

		/** Whether it waits for a result. */
		boolean isLong() {
			return this == ROLLOUT || this == STOP;
		}

		@Override
		public String toString() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

	}

	/**
	 * Parse a command line: the command, its number if it needs one, then its options in
	 * any order, as {@code --name value} or {@code --name=value}.
	 * @throws CommandFailedException if the command line is wrong
	 */
	static Arguments parse(List<String> arguments) throws CommandFailedException {
		if (arguments.isEmpty()) {
			throw usage("a command is missing");
		}
		if (arguments.contains("--help") || arguments.contains("-h")) {
			return new Arguments(Name.HELP, null, List.of(), null, null, true, null, false);
		}
		Name command = command(arguments.get(0));
		Deque<String> rest = new ArrayDeque<>(arguments.subList(1, arguments.size()));
		if (command.isOfApplication()) {
			return new Arguments(command, null, List.copyOf(rest), null, null, true, null, false);
		}
		Arguments result = new Arguments(command, command.number().isEmpty() ? null : number(command, rest),
				words(command, rest), null, null, true, null, false);
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

	private static List<String> words(Name command, Deque<String> rest) throws CommandFailedException {
		if (command != Name.LOG_LEVEL) {
			return List.of();
		}
		if (rest.size() < 2 || rest.stream().limit(2).anyMatch((word) -> word.isBlank() || word.startsWith("-"))) {
			throw usage("log-level needs the name of a logger and a level");
		}
		return List.of(rest.remove(), rest.remove().toUpperCase(Locale.ROOT));
	}

	private static Integer number(Name command, Deque<String> rest) throws CommandFailedException {
		String text = rest.isEmpty() ? "" : rest.remove();
		try {
			return Integer.valueOf(text);
		}
		catch (NumberFormatException ex) {
			throw usage(command + " needs " + command.number() + (text.isEmpty() ? "" : ", not '" + text + "'"));
		}
	}

	private Arguments with(String option, Deque<String> rest) throws CommandFailedException {
		int equals = option.indexOf('=');
		String name = (equals < 0) ? option : option.substring(0, equals);
		if (equals >= 0) {
			rest.push(option.substring(equals + 1));
		}
		if (name.equals("--pid")) {
			return with(pid(value(name, rest)), this.workDir, this.waits, this.timeout, this.json);
		}
		if (name.equals("--work-dir")) {
			return with(this.pid, path(value(name, rest)), this.waits, this.timeout, this.json);
		}
		if (name.equals("--timeout") && this.command.isLong()) {
			return with(this.pid, this.workDir, this.waits, time(value(name, rest)), this.json);
		}
		if (option.equals("--no-wait") && this.command.isLong()) {
			return with(this.pid, this.workDir, false, this.timeout, this.json);
		}
		if (option.equals("--json") && this.command == Name.STATUS) {
			return with(this.pid, this.workDir, this.waits, this.timeout, true);
		}
		throw usage("the command " + this.command + " has no option '" + option + "'");
	}

	private Arguments with(@Nullable Integer otherPid, @Nullable Path otherWorkDir, boolean otherWaits,
			@Nullable Duration otherTimeout, boolean otherJson) {
		return new Arguments(this.command, this.number, this.words, otherPid, otherWorkDir, otherWaits, otherTimeout,
				otherJson);
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
