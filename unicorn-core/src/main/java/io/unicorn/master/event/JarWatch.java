package io.unicorn.master.event;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Polls the application's jar file, and reports when it has changed and then stayed the
 * same for a while. Polling works where inotify does not: for links and directories that
 * are exchanged, and for network file systems.
 */
public final class JarWatch {

	/** The time between two looks. */
	private static final Duration INTERVAL = Duration.ofMillis(500);

	/**
	 * How long a changed file has to stay the same: the program that writes it may pause.
	 */
	static final Duration QUIET = Duration.ofSeconds(2);

	private final Path jar;

	private final Runnable changed;

	private String reported;

	private String seen;

	private int looks;

	JarWatch(Path jar, Runnable changed) {
		this.jar = jar;
		this.changed = changed;
		this.reported = stamp();
		this.seen = this.reported;
	}

	/**
	 * Start to poll.
	 */
	public static void start(Path jar, Runnable changed, BackgroundThread thread) {
		thread.repeat(INTERVAL, new JarWatch(jar, changed)::look);
	}

	/** Look once. */
	void look() {
		String now = stamp();
		if (!now.equals(this.seen)) {
			this.seen = now;
			this.looks = 0;
			return;
		}
		this.looks++;
		if (this.looks >= QUIET.dividedBy(INTERVAL) && !now.isEmpty() && !now.equals(this.reported)) {
			this.reported = now;
			this.changed.run();
		}
	}

	/** Return a text that changes with the file; empty if there is no file. */
	private String stamp() {
		try {
			Map<String, Object> attributes = Files.readAttributes(this.jar, "unix:ino,dev,size,ctime,lastModifiedTime");
			return attributes.toString();
		}
		catch (IOException ex) {
			return "";
		}
	}

}
