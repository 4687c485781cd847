package io.unicorn.master;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Looks at the application's jar file again and again, and reports when it has changed
 * and was then left alone for a while. Looking works where notices of the kernel do not
 * come: for links and directories that are exchanged, and for network file systems.
 */
final class JarWatch {

	/** How often to look. */
	private static final Duration INTERVAL = Duration.ofMillis(500);

	/** How long a changed file has to stay as it is: whoever writes it may pause. */
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
	 * Look from now on.
	 */
	static void start(Path jar, Runnable changed) {
		JarWatch watch = new JarWatch(jar, changed);
		ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, "unicorn-jar-watch");
			thread.setDaemon(true);
			return thread;
		});
		var unused = scheduler.scheduleWithFixedDelay(watch::look, INTERVAL.toMillis(), INTERVAL.toMillis(),
				TimeUnit.MILLISECONDS);
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

	/** What changes with the file, whatever is done to it; empty if there is none. */
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
