package io.unicorn.master;

import java.util.List;

/**
 * The end of what a process has printed, as far as it tells an operator why it ended.
 */
final class LastLines {

	private static final int MOST_CHARACTERS = 300;

	private LastLines() {
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
