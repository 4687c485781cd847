package io.unicorn.master;

import java.time.Instant;
import java.util.List;

import io.unicorn.launch.PoolSettings;

/**
 * What an arbiter is given at its start.
 *
 * @param pid process id of the master
 * @param startedAt when the master started
 * @param settings the configuration in force
 * @param autoWorkers the number of workers that {@code auto} stands for, at least 1
 * @param terminal whether the master runs at a terminal, which sends WINCH when its
 * window changes
 * @param exclusiveFlags the JVM flags that open a port of their own, which only one
 * worker may have
 */
record ArbiterConfig(int pid, Instant startedAt, PoolSettings settings, int autoWorkers, boolean terminal,
		List<String> exclusiveFlags) {

	ArbiterConfig {
		exclusiveFlags = List.copyOf(exclusiveFlags);
	}

}
