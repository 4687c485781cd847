package io.unicorn.master;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The worker processes alive, oldest first.
 */
final class Pool {

	private final Map<Long, Worker> workers = new TreeMap<>();

	void add(Worker worker) {
		this.workers.put(worker.id, worker);
	}

	@Nullable Worker find(long id) {
		return this.workers.get(id);
	}

	void remove(Worker worker) {
		this.workers.remove(worker.id);
	}

	boolean isEmpty() {
		return this.workers.isEmpty();
	}

	int size() {
		return this.workers.size();
	}

	/** Return a copy, so that the pool may change during the loop. */
	List<Worker> all() {
		return List.copyOf(this.workers.values());
	}

	Stream<Worker> stream() {
		return this.workers.values().stream();
	}

	Stream<Worker> in(WorkerState state) {
		return stream().filter((worker) -> worker.is(state));
	}

	Stream<Worker> active() {
		return stream().filter(Worker::isActive);
	}

	int ready() {
		return (int) in(WorkerState.READY).count();
	}

	int count(Predicate<Worker> condition) {
		return (int) stream().filter(condition).count();
	}

	Optional<Worker> youngest(Predicate<Worker> condition) {
		return stream().filter(condition).max(Comparator.comparingLong((worker) -> worker.id));
	}

	Optional<Worker> oldest(Predicate<Worker> condition) {
		return stream().filter(condition).findFirst();
	}

	/**
	 * Return the lowest number that no process alive carries: two processes with one
	 * number would write to the same log file.
	 */
	int freeIndex() {
		int index = 0;
		while (isTaken(index)) {
			index++;
		}
		return index;
	}

	private boolean isTaken(int index) {
		return stream().anyMatch((worker) -> worker.index == index);
	}

}
