package io.unicorn.master.arbiter;

import java.time.Instant;

import io.unicorn.master.arbiter.pool.PoolSpec;

/**
 * What an arbiter needs to know of its master.
 *
 * @param pid process id of the master
 * @param startedAt when the master has started
 * @param spec the specification of the first generation
 * @param terminal whether the master runs at a terminal, which sends WINCH when its
 * window changes
 * @param processors how many processors the pool may use, at least 1
 * @param secret a secret that all workers of the pool get, in Base64
 */
public record ArbiterConfig(int pid, Instant startedAt, PoolSpec spec, boolean terminal, int processors,
		String secret) {

	/** Does not contain the secret. */
	@Override
	public String toString() {
		return "ArbiterConfig[pid=" + this.pid + ", startedAt=" + this.startedAt + "]";
	}

}
