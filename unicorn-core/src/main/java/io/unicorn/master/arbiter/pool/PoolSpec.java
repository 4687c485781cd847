package io.unicorn.master.arbiter.pool;

import java.util.List;
import java.util.Set;

import io.unicorn.launch.settings.HookSettings;
import io.unicorn.launch.settings.PoolSettings;

/**
 * The specification of a generation: its settings and what its workers run.
 *
 * @param settings its configuration
 * @param autoWorkers the number of workers that {@code auto} stands for, at least 1
 * @param exclusiveFlags the JVM flags that open a port of their own, which only one
 * worker may have
 * @param addresses keys of the addresses that its workers accept from
 * @param code what its workers run, for the operator
 * @param cacheKey the key of its class-data cache; empty if it has none
 * @param identity a text that is equal for the same code with the same settings and JVM
 * flags; empty if the code is not known
 * @param hooks the commands that the master runs
 */
public record PoolSpec(PoolSettings settings, int autoWorkers, List<String> exclusiveFlags, Set<String> addresses,
		String code, String cacheKey, String identity, HookSettings hooks) {

	public PoolSpec {
		exclusiveFlags = List.copyOf(exclusiveFlags);
		addresses = Set.copyOf(addresses);
	}

	/** Create for a master that runs no commands. */
	public PoolSpec(PoolSettings settings, int autoWorkers, List<String> exclusiveFlags, Set<String> addresses,
			String code, String cacheKey, String identity) {
		this(settings, autoWorkers, exclusiveFlags, addresses, code, cacheKey, identity, HookSettings.NONE);
	}

	/** Whether workers of both run the same code with the same settings and JVM flags. */
	public boolean isSame(PoolSpec other) {
		return !this.identity.isEmpty() && this.identity.equals(other.identity);
	}

	/** Return the configured number of workers. */
	int workers() {
		return this.settings.workers().orElse(this.autoWorkers);
	}

}
