package io.unicorn.master;

import java.util.List;
import java.util.Set;

import io.unicorn.launch.PoolSettings;

/**
 * What a generation of workers is like.
 *
 * @param settings the configuration
 * @param autoWorkers the number of workers that {@code auto} stands for, at least 1
 * @param exclusiveFlags the JVM flags that open a port of their own, which only one
 * worker may have
 * @param addresses keys of the addresses that its workers accept from
 * @param code what its workers run, for the operator
 * @param cacheKey what identifies the cache of class data that suits them; empty if there
 * is none
 */
record PoolSpec(PoolSettings settings, int autoWorkers, List<String> exclusiveFlags, Set<String> addresses, String code,
		String cacheKey) {

	PoolSpec {
		exclusiveFlags = List.copyOf(exclusiveFlags);
		addresses = Set.copyOf(addresses);
	}

	/** The number of workers that is configured. */
	int workers() {
		return this.settings.workers().orElse(this.autoWorkers);
	}

}
