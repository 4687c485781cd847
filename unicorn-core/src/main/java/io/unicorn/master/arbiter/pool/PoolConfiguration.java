package io.unicorn.master.arbiter.pool;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.unicorn.launch.settings.PoolSettings;
import org.jspecify.annotations.Nullable;

/**
 * Holds the specification of each generation, which generation is in force, and the
 * target: the configured number of workers, until a signal or a new configuration changes
 * it. Not thread-safe.
 */
public final class PoolConfiguration {

	private final Map<Integer, PoolSpec> generations = new TreeMap<>();

	private int generation = 1;

	private int target;

	/**
	 * The target before the generation in force has changed it; {@code null} if it has
	 * not, or if a signal has changed the target since.
	 */
	private @Nullable Integer targetBefore;

	public PoolConfiguration(PoolSpec first) {
		this.generations.put(1, first);
		this.target = first.workers();
	}

	/**
	 * Restore the configuration of another master.
	 */
	public PoolConfiguration(Map<Integer, PoolSpec> generations, int generation, int target) {
		this.generations.putAll(generations);
		this.generation = generation;
		this.target = target;
	}

	/** The generation that new workers belong to. */
	public int generation() {
		return this.generation;
	}

	/** Return the settings of the generation in force. */
	public PoolSettings settings() {
		return of(this.generation).settings();
	}

	/**
	 * Return the specification of a generation.
	 * @throws IllegalStateException if the generation is unknown
	 */
	public PoolSpec of(int generation) {
		PoolSpec spec = this.generations.get(generation);
		if (spec == null) {
			throw new IllegalStateException("unknown generation " + generation);
		}
		return spec;
	}

	public Set<Integer> generations() {
		return Set.copyOf(this.generations.keySet());
	}

	/** Return the addresses of all generations. */
	public Set<String> addresses() {
		return this.generations.values()
			.stream()
			.flatMap((spec) -> spec.addresses().stream())
			.collect(Collectors.toUnmodifiableSet());
	}

	public void add(int generation, PoolSpec spec) {
		this.generations.put(generation, spec);
	}

	public void forget(int generation) {
		this.generations.remove(generation);
	}

	/**
	 * Bring a generation into force.
	 * @return whether it has another number of workers configured than the one before
	 */
	public boolean use(int generation) {
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
	 * Bring the generation before into force again, with the target that it had. A target
	 * that a signal has set since stays.
	 */
	public void rollBack(int generation) {
		this.generation = generation;
		if (this.targetBefore != null) {
			this.target = this.targetBefore;
			this.targetBefore = null;
		}
	}

	/** Return the number of workers wanted. */
	public int target() {
		return this.target;
	}

	public void target(int target) {
		this.target = target;
		this.targetBefore = null;
	}

	/** Set the target to the configured number of workers. */
	public void resetTarget() {
		target(of(this.generation).workers());
	}

}
