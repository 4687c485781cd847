package io.unicorn.sample;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * All processes that descend from the one a test has started, wherever they have got to:
 * those whose parents lead to it, those that did when last seen, and those that carry the
 * test's mark in their environment, which a process that has lost its parent still does.
 */
final class Family {

	private final OsProcess root;

	private final String mark;

	private final long since;

	private final Set<OsProcess> seen = new LinkedHashSet<>();

	Family(OsProcess root, String mark) {
		this.root = root;
		this.mark = mark;
		this.since = OsProcess.of(ProcessHandle.current().pid()).orElseThrow().startTicks();
		this.seen.add(root);
	}

	OsProcess root() {
		return this.root;
	}

	/**
	 * The children of the first process, which are the workers of a pool.
	 */
	synchronized List<OsProcess> children() {
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
	synchronized List<OsProcess> alive() {
		if (this.root.isAlive()) {
			remember(OsProcess.descendantsOf(this.root.pid()));
		}
		// What is older than this JVM was not started by it; its environment is no
		// concern
		// of ours.
		remember(OsProcess.all()
			.stream()
			.filter((process) -> process.startTicks() >= this.since)
			.filter((process) -> process.hasInEnvironment(this.mark))
			.toList());
		return this.seen.stream().filter(OsProcess::isAlive).toList();
	}

	/**
	 * Wait until nobody is left.
	 * @return whether that is so
	 */
	boolean isGoneWithin(Duration timeout) {
		return Await.holds(timeout, () -> alive().isEmpty());
	}

	/**
	 * Kill everybody, and whoever was born meanwhile.
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
	 * A process may be read under two parents; it is the same nevertheless.
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
