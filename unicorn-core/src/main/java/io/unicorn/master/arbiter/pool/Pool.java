package io.unicorn.master.arbiter.pool;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Holds the living worker processes, oldest first. Not thread-safe.
 */
public final class Pool {

	private final Map<Long, Worker> workers = new TreeMap<>();

	public void add(Worker worker) {
		this.workers.put(worker.id(), worker);
	}

	public @Nullable Worker find(long id) {
		return this.workers.get(id);
	}

	public void remove(Worker worker) {
		this.workers.remove(worker.id());
	}

	public boolean isEmpty() {
		return this.workers.isEmpty();
	}

	int size() {
		return this.workers.size();
	}

	/** Return a copy of the list, so that the pool may change during a loop. */
	public List<Worker> all() {
		return List.copyOf(this.workers.values());
	}

	public Stream<Worker> stream() {
		return this.workers.values().stream();
	}

	public Stream<Worker> in(WorkerState state) {
		return stream().filter((worker) -> worker.is(state));
	}

	public Stream<Worker> active() {
		return stream().filter(Worker::isActive);
	}

	/** Return the number of ready workers. */
	public int ready() {
		return (int) in(WorkerState.READY).count();
	}

	Optional<Worker> youngest(Predicate<Worker> condition) {
		return stream().filter(condition).max(Comparator.comparingLong((worker) -> worker.id()));
	}

	public Optional<Worker> oldest(Predicate<Worker> condition) {
		return stream().filter(condition).findFirst();
	}

	/**
	 * Return the lowest slot that no living process has: two processes of one slot would
	 * write to the same log file.
	 */
	public int freeIndex() {
		int index = 0;
		while (isTaken(index)) {
			index++;
		}
		return index;
	}

	private boolean isTaken(int index) {
		return stream().anyMatch((worker) -> worker.index() == index);
	}

}
