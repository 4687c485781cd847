package io.unicorn.master.arbiter;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.master.arbiter.pool.ExitReason;
import io.unicorn.master.arbiter.pool.Worker;

/**
 * Counts the exits of workers, and keeps the latest ones. Not thread-safe.
 */
final class ExitHistory {

	/** How many words exits are counted under. */
	private static final int MOST_REASONS = 32;

	/** How many exits are kept. */
	static final int LATEST = 10;

	private final Map<String, Long> counts = new TreeMap<>();

	private final Deque<PoolSnapshot.ExitInfo> latest = new ArrayDeque<>();

	/** Continue the history of another master. */
	void restore(PoolSnapshot pool) {
		this.counts.putAll(pool.exits());
		this.latest.addAll(pool.lastExits());
	}

	/**
	 * Add an exit.
	 * @param reason the word under which it is counted; a worker that retires invents the
	 * word itself
	 * @param detail what happened, as a phrase
	 */
	void add(Worker worker, String reason, String detail, Instant now) {
		boolean known = this.counts.size() < MOST_REASONS || this.counts.containsKey(reason);
		String counted = known ? reason : ExitReason.OTHER;
		this.counts.merge(counted, 1L, Long::sum);
		this.latest.addFirst(new PoolSnapshot.ExitInfo(worker.id(), worker.pid(), counted, WorkerText.phrase(detail),
				now, worker.dumpFile()));
		if (this.latest.size() > LATEST) {
			this.latest.removeLast();
		}
	}

	/**
	 * Note the dump of a worker that has exited.
	 * @return the process id that it had, 0 if that is not known any more
	 */
	int dumped(long id, String file) {
		List<PoolSnapshot.ExitInfo> exits = List.copyOf(this.latest);
		this.latest.clear();
		exits.forEach((exit) -> this.latest.addLast((exit.id() == id)
				? new PoolSnapshot.ExitInfo(exit.id(), exit.pid(), exit.reason(), exit.detail(), exit.at(), file)
				: exit));
		return exits.stream()
			.filter((exit) -> exit.id() == id)
			.mapToInt(PoolSnapshot.ExitInfo::pid)
			.findFirst()
			.orElse(0);
	}

	/** Return the number of exits by reason. */
	Map<String, Long> counts() {
		return this.counts;
	}

	/** Return the latest exits, newest first. */
	List<PoolSnapshot.ExitInfo> latest() {
		return List.copyOf(this.latest);
	}

}
