package io.unicorn.master.generation;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

import io.unicorn.launch.cache.ClassDataCache;
import io.unicorn.launch.generation.Generation;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.ListenAddress;
import io.unicorn.master.arbiter.pool.PoolSpec;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the launch plan of each generation that has workers or may get some, and what
 * these plans need in the private directory. Used by the master's main thread alone.
 */
public final class Generations {

	/** Number of the generation with which a master starts. */
	public static final int FIRST = 1;

	private final Housekeeping housekeeping;

	private final Map<Integer, LaunchPlan> plans = new HashMap<>();

	/** Directory of the generation before the present one, kept for a roll-back. */
	private @Nullable Path lastGood;

	public Generations(Housekeeping housekeeping) {
		this.housekeeping = housekeeping;
	}

	/**
	 * Take over the generations of the master that ran in this process before, and lease
	 * what they need.
	 * @param lastGood directory of the generation that served before, or {@code null}
	 */
	public void restore(Map<Integer, LaunchPlan> restored, @Nullable Path lastGood) {
		this.plans.putAll(restored);
		this.lastGood = lastGood;
		lease();
	}

	/** Add a generation, and lease what it needs. */
	public void add(int generation, LaunchPlan plan) {
		this.plans.put(generation, plan);
		lease();
	}

	/** Change how the workers of a generation are launched from now on. */
	public void replace(int generation, LaunchPlan plan) {
		this.plans.replace(generation, plan);
	}

	/**
	 * Forget a generation that no worker runs any more. Its directory is kept as long as
	 * no generation after it has been forgotten.
	 */
	public void forget(int generation) {
		LaunchPlan plan = this.plans.remove(generation);
		boolean hasServed = this.plans.keySet().stream().allMatch((other) -> other > generation);
		if (plan != null && hasServed) {
			Generation copy = plan.workers().generation();
			this.lastGood = (copy != null) ? copy.directory() : null;
		}
		lease();
	}

	/** Lease what all plans need; what no pool leases is removed. */
	public void lease() {
		this.housekeeping.keep(this.plans.values(), this.lastGood);
	}

	/**
	 * Make sure that everything is still there when the next master leases it.
	 */
	public void prepareHandOver() {
		this.housekeeping.mark();
	}

	/**
	 * Return the lease that a worker inherits, because it may outlive a master that is
	 * killed.
	 * @return its descriptor, or empty if there is none
	 */
	public OptionalInt leaseOf(LaunchPlan plan) {
		return this.housekeeping.lease(plan);
	}

	/**
	 * Return the plan of a generation.
	 * @throws IllegalStateException if there is no such generation
	 */
	public LaunchPlan plan(int generation) {
		LaunchPlan plan = this.plans.get(generation);
		if (plan == null) {
			throw new IllegalStateException("there is no plan for generation " + generation);
		}
		return plan;
	}

	/** Return the plans by generation. */
	public Map<Integer, LaunchPlan> plans() {
		return Map.copyOf(this.plans);
	}

	public @Nullable Path lastGood() {
		return this.lastGood;
	}

	/** Return the keys of the addresses that the generations listen on. */
	public Set<String> addresses() {
		return this.plans.values()
			.stream()
			.flatMap((plan) -> plan.bindings().addresses().stream())
			.map(ListenAddress::key)
			.collect(Collectors.toSet());
	}

	/** Return what the arbiter has to know of a plan. */
	public static PoolSpec spec(LaunchPlan plan) {
		Set<String> addresses = plan.bindings()
			.addresses()
			.stream()
			.map(ListenAddress::key)
			.collect(Collectors.toSet());
		Generation generation = plan.workers().generation();
		String code = (generation != null) ? generation.jar().getFileName() + " " + generation.id().substring(0, 8)
				: "what the command line names";
		return new PoolSpec(plan.settings(), plan.autoWorkers(), plan.workers().exclusiveFlags(), addresses, code,
				ClassDataCache.of(plan).map(ClassDataCache::key).orElse(""), identity(plan), plan.master().hooks());
	}

	private static String identity(LaunchPlan plan) {
		Generation generation = plan.workers().generation();
		return (generation == null) ? ""
				: String.join("\n", generation.id(), plan.settings().toMap().toString(),
						plan.bindings().addresses().toString(), plan.workers().java(),
						plan.workers().options().toString(), plan.master().hooks().toString());
	}

}
