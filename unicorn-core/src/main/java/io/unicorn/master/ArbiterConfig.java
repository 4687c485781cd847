package io.unicorn.master;

import java.time.Instant;

/**
 * What an arbiter is given at its start.
 *
 * @param pid process id of the master
 * @param startedAt when the master started
 * @param spec the first generation
 * @param terminal whether the master runs at a terminal, which sends WINCH when its
 * window changes
 */
record ArbiterConfig(int pid, Instant startedAt, PoolSpec spec, boolean terminal) {

}
