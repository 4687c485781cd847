package io.unicorn.launch.plan;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Says where and how the master logs. A template is a line of the application's own log
 * in which tokens stand for time, process id and message. There is one for each of the
 * levels INFO, WARN and ERROR, or none where the log is text. Immutable.
 *
 * @param file file to which the lines go as well as to standard output, or {@code null}
 * @param output templates of lines for standard output
 * @param inFile templates of lines for the file
 */
public record MasterLog(@Nullable String file, List<String> output, List<String> inFile) {

	/** Text on standard output. */
	public static final MasterLog TEXT = new MasterLog(null, List.of(), List.of());

	/** Stands for the message, with the escape sequences of JSON. */
	public static final String MESSAGE = "@unicorn.message@";

	/** Stands for the process id of the master. */
	public static final String PID = "@unicorn.pid@";

	/** The levels in the order of templates. */
	public static final List<String> LEVELS = List.of("INFO", "WARN", "ERROR");

	/** The logger that lines of the master name. */
	public static final String LOGGER = "io.unicorn.master.Master";

	/** The thread that lines of the master name. */
	public static final String THREAD = "master";

	public MasterLog {
		output = templates(output);
		inFile = templates(inFile);
	}

	private static List<String> templates(List<String> templates) {
		if (!templates.isEmpty() && templates.size() != LEVELS.size()) {
			throw new IllegalArgumentException(templates.size() + " templates for " + LEVELS.size() + " levels");
		}
		return List.copyOf(templates);
	}

	/**
	 * Return a log of text that goes to a file as well.
	 */
	public static MasterLog text(String file) {
		return new MasterLog(file, List.of(), List.of());
	}

}
