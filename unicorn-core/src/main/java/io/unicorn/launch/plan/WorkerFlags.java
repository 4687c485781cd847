package io.unicorn.launch.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.unicorn.launch.settings.WorkerFile;
import io.unicorn.posix.Command;

/**
 * Puts the place of a process into JVM flags: in place of {@value #PLACEHOLDER}, and into
 * the name of a file that the JVM writes. All flags are in byte form. Immutable.
 *
 * @param number what takes the place of the placeholder
 * @param suffix what is added to the names of files
 */
record WorkerFlags(String number, String suffix) {

	/** Stands for the index of the worker in a JVM flag. */
	static final String PLACEHOLDER = "{worker}";

	/**
	 * Flags whose value is a file in which the JVM replaces {@code %p} by its process id
	 * (JDK 17 to 25).
	 */
	private static final List<String> FILES = List.of("-XX:ErrorFile=", "-XX:LogFile=", "-XX:ReplayDataFile=",
			"-XX:PerfDataSaveFile=", "-Xloggc:");

	/** In its value JDK 17 does not replace {@code %p}. */
	private static final String HEAP_DUMP = "-XX:HeapDumpPath=";

	/** JDK 17 does not replace {@code %p} here either. */
	private static final Pattern RECORDING = Pattern
		.compile("(-XX:StartFlightRecording[=:](?:.*,)?filename=)([^,]+)(.*)");

	private static final String LOG = "-Xlog:";

	/** Separates what is logged, output, decorators and options, outside of quotes. */
	private static final Pattern COLON = Pattern.compile(":(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)");

	private static final Pattern OUTPUT = Pattern.compile("((?:file=)?\"?)([^\"]+)(\"?)");

	private static final Set<String> STREAMS = Set.of("stdout", "stderr");

	private static final int OPTIONS = 3;

	private static final String PROCESS_ID = "%p";

	/**
	 * Return the flags of a worker.
	 */
	static WorkerFlags of(int index) {
		return new WorkerFlags(Integer.toString(index), WorkerFile.suffix(index));
	}

	/**
	 * Return a flag with the place of the process in it.
	 */
	String in(String flag) {
		if (flag.contains(PLACEHOLDER)) {
			return flag.replace(PLACEHOLDER, this.number);
		}
		if (flag.startsWith(LOG)) {
			return inLog(flag.substring(LOG.length()));
		}
		if (flag.startsWith(HEAP_DUMP)) {
			return HEAP_DUMP + file(flag.substring(HEAP_DUMP.length()));
		}
		Matcher recording = RECORDING.matcher(flag);
		if (recording.matches()) {
			return recording.group(1) + file(recording.group(2)) + recording.group(3);
		}
		return FILES.stream()
			.filter((start) -> flag.startsWith(start) && !flag.contains(PROCESS_ID))
			.findFirst()
			.map((start) -> start + file(flag.substring(start.length())))
			.orElse(flag);
	}

	/**
	 * Return whether a flag makes the JVM write a log or a recording from the start. A
	 * process that ends before it would serve writes none.
	 */
	static boolean isRecord(String flag) {
		return flag.startsWith("-Xlog") || flag.startsWith("-XX:StartFlightRecording");
	}

	private String inLog(String value) {
		List<String> parts = new ArrayList<>(List.of(COLON.split(value, -1)));
		Matcher output = OUTPUT.matcher((parts.size() > 1) ? parts.get(1) : "");
		if (!output.matches() || STREAMS.contains(parts.get(1)) || parts.get(1).contains(PROCESS_ID)) {
			return LOG + value;
		}
		parts.set(1, output.group(1) + file(output.group(2)) + output.group(3));
		if (parts.size() > OPTIONS) {
			parts.set(OPTIONS, kept(parts.get(OPTIONS)));
		}
		return LOG + String.join(":", parts);
	}

	/**
	 * Return options with which a log is not overwritten by the next process in the same
	 * place: with a number of files, the JVM first renames the one that it finds.
	 */
	private static String kept(String options) {
		List<String> all = List.of(options.split(",", -1));
		if (all.stream().noneMatch((option) -> option.matches("filecount=0+"))) {
			return options;
		}
		return Stream.concat(
				all.stream().filter((option) -> !option.startsWith("filecount=") && !option.startsWith("filesize=")),
				Stream.of("filecount=1", "filesize=0"))
			.collect(Collectors.joining(","));
	}

	private String file(String name) {
		return WorkerFile.isShared(Command.text(name)) ? name : WorkerFile.withSuffix(name, this.suffix);
	}

}
