package io.unicorn.master;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.unicorn.launch.PoolSettings;
import org.jspecify.annotations.Nullable;

/**
 * What each generation is like, which of them is in force, and how many workers there are
 * to be: the configured number, until a signal changes it or another number is
 * configured.
 */
final class Configuration {

	private final Map<Integer, PoolSpec> generations = new TreeMap<>();

	private int generation = 1;

	private int target;

	/** The target before the generation in force brought another, if nobody has since. */
	private @Nullable Integer targetBefore;

	Configuration(PoolSpec first) {
		this.generations.put(1, first);
		this.target = first.workers();
	}

	/**
	 * Restore what another master had.
	 */
	Configuration(Map<Integer, PoolSpec> generations, int generation, int target) {
		this.generations.putAll(generations);
		this.generation = generation;
		this.target = target;
	}

	/** The generation that new workers belong to. */
	int generation() {
		return this.generation;
	}

	PoolSettings settings() {
		return of(this.generation).settings();
	}

	PoolSpec of(int generation) {
		PoolSpec spec = this.generations.get(generation);
		if (spec == null) {
			throw new IllegalStateException("nothing is known of generation " + generation);
		}
		return spec;
	}

	Set<Integer> generations() {
		return Set.copyOf(this.generations.keySet());
	}

	void add(int generation, PoolSpec spec) {
		this.generations.put(generation, spec);
	}

	void forget(int generation) {
		this.generations.remove(generation);
	}

	/**
	 * Bring a generation into force.
	 * @return whether another number of workers is configured now
	 */
	boolean use(int generation) {
		int before = of(this.generation).workers();
		this.generation = generation;
		this.targetBefore = null;
		if (before == of(generation).workers()) {
			return false;
		}
		this.targetBefore = this.target;
		this.target = of(generation).workers();
		return true;
	}

	/**
	 * Bring back the generation that was in force before, with the target that it had. A
	 * target that was set meanwhile stays.
	 */
	void goBack(int generation) {
		this.generation = generation;
		if (this.targetBefore != null) {
			this.target = this.targetBefore;
			this.targetBefore = null;
		}
	}

	int target() {
		return this.target;
	}

	void target(int target) {
		this.target = target;
		this.targetBefore = null;
	}

	void resetTarget() {
		target(of(this.generation).workers());
	}

}
