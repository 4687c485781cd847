package io.unicorn.sample.testsupport.process;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.unicorn.sample.testsupport.Await;

/**
 * Finds all descendants of the process that a test has started: by their parents, by
 * their parents when last seen, and by the test's mark in their environment, which
 * orphans still have.
 */
public final class ProcessTree {

	private final OsProcess root;

	private final String mark;

	private final long since;

	private final Set<OsProcess> seen = new LinkedHashSet<>();

	public ProcessTree(OsProcess root, String mark) {
		this.root = root;
		this.mark = mark;
		this.since = OsProcess.of(ProcessHandle.current().pid()).orElseThrow().startTicks();
		this.seen.add(root);
	}

	public OsProcess root() {
		return this.root;
	}

	/**
	 * The children of the first process, which are the workers of a pool.
	 */
	public synchronized List<OsProcess> children() {
		if (!this.root.isAlive()) {
			return List.of();
		}
		List<OsProcess> children = OsProcess.childrenOf(this.root.pid());
		remember(children);
		return children;
	}

	/**
	 * All members that are alive.
	 */
	public synchronized List<OsProcess> alive() {
		if (this.root.isAlive()) {
			remember(OsProcess.descendantsOf(this.root.pid()));
		}
		// A process older than this JVM was not started by it.
		remember(OsProcess.all()
			.stream()
			.filter((process) -> process.startTicks() >= this.since)
			.filter((process) -> process.hasInEnvironment(this.mark))
			.toList());
		return this.seen.stream().filter(OsProcess::isAlive).toList();
	}

	/**
	 * Wait until no process is left.
	 * @return whether that is so
	 */
	boolean isGoneWithin(Duration timeout) {
		return Await.holds(timeout, () -> alive().isEmpty());
	}

	/**
	 * Kill all processes, including those that start meanwhile.
	 */
	boolean killWithin(Duration timeout) {
		// The first process first, because it would replace its children.
		this.root.signal("KILL");
		return Await.holds(timeout, () -> {
			alive().forEach((process) -> process.signal("KILL"));
			return alive().isEmpty();
		});
	}

	/**
	 * Replaces an entry of the same process, because its parent may have changed.
	 */
	private void remember(List<OsProcess> processes) {
		for (OsProcess process : processes) {
			if (this.seen.stream()
				.noneMatch((known) -> known.pid() == process.pid() && known.startTicks() == process.startTicks())) {
				this.seen.add(process);
			}
		}
	}

}
