package io.unicorn.sample.bench.workload;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the end of a worker and its replacement from the master's log. The log truncates
 * times to milliseconds, so that a time is up to one millisecond too short.
 *
 * @param noticed when the master noticed the end
 * @param spawned when the successor was spawned
 * @param ready how long the successor took to be ready
 */
record SupervisionLog(Instant noticed, Instant spawned, Duration ready) {

	private static final String MASTER = "(?m)^(\\S+) .* io\\.unicorn\\.master\\.Master +: ";

	/** The last line of a replacement. */
	static final Pattern READY = Pattern.compile(MASTER + "worker \\d+ \\(pid (\\d+)\\) ready in (\\d+) ms");

	private static final Pattern SPAWNED = Pattern.compile(MASTER + "worker \\d+ \\(pid \\d+\\) spawned");

	/**
	 * Read the replacement of a worker.
	 * @param log the log since before the worker's end, up to when its successor was
	 * ready
	 * @param pid the worker's process id
	 */
	static SupervisionLog of(String log, long pid) {
		Matcher ready = find(READY, log);
		return new SupervisionLog(
				time(find(Pattern.compile(MASTER + "worker \\d+ \\(pid " + pid + "\\) .*respawning"), log)),
				time(find(SPAWNED, log)), Duration.ofMillis(Long.parseLong(ready.group(3))));
	}

	/** The process ids of all workers that have been ready. */
	static List<Long> workers(String log) {
		return READY.matcher(log).results().map((match) -> Long.parseLong(match.group(2))).toList();
	}

	private static Matcher find(Pattern pattern, String log) {
		Matcher matcher = pattern.matcher(log);
		if (!matcher.find()) {
			throw new IllegalArgumentException("'" + pattern + "' is not in " + log);
		}
		return matcher;
	}

	private static Instant time(MatchResult line) {
		return OffsetDateTime.parse(line.group(1)).toInstant();
	}

}
