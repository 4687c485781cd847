package io.unicorn.master.arbiter;

import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Finds the line in the output of a worker that tells what it could not have because
 * another process has it: a port, a lock, an embedded database.
 */
final class BootLogClues {

	/**
	 * A line may be as long as the worker likes; the log and a health answer need less.
	 */
	private static final int LONGEST = 200;

	private static final Pattern STACK_FRAME = Pattern.compile("\\s+at .*");

	private static final Pattern CONTROLS = Pattern.compile("\\e\\[[0-9;]*m|\\p{Cntrl}");

	private static final Pattern CLUE = Pattern.compile(String.join("|",
			// Sockets, JMX, H2, Paho, Netty and gRPC; a JVM agent prints it too.
			"already in use", "already been bound", "bind(ing)? failed", "failed to bind", "BindException",
			// Files on most systems, H2, Neo4j, MapDB.
			"(used|locked|opened|owned|held) by (another|an other|other)",
			// Derby, Kafka Streams.
			"another (running )?(instance|process)", "multiple instances",
			// HSQLDB, SQLite, ActiveMQ, Infinispan.
			"(is|was|already|been|be) locked", "lock(File)? acquisition fail", "SQLITE_BUSY",
			// Lucene, RocksDB, LevelDB, Xodus, Liquibase.
			"lock held", "lock file\\b.*(unavailable|busy)", "\\bLOCK: ",
			"(could not|cannot|can't|unable to|fail(ed|ure) to) (obtain|acquire|get|take|create)\\b.{0,60}lock",
			"OverlappingFileLockException", "LockObtainFailedException",
			// Serial ports, devices.
			"(resource|port|device) (is )?busy"), Pattern.CASE_INSENSITIVE);

	private BootLogClues() {
	}

	/**
	 * Return the last line that tells it, which in a stack trace is the root cause,
	 * {@code null} if there is none.
	 */
	static @Nullable String find(List<String> lines) {
		for (int i = lines.size() - 1; i >= 0; i--) {
			String line = lines.get(i);
			String start = line.substring(0, Math.min(line.length(), 10 * LONGEST));
			if (!STACK_FRAME.matcher(start).matches() && CLUE.matcher(start).find()) {
				String text = CONTROLS.matcher(start).replaceAll("").strip();
				return (text.length() <= LONGEST) ? text : text.substring(0, LONGEST) + "…";
			}
		}
		return null;
	}

}
