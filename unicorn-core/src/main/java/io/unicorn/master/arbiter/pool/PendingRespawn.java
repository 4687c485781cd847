package io.unicorn.master.arbiter.pool;

import java.time.Instant;

/**
 * The start of a successor of a crashed worker, which waits for its back-off.
 *
 * @param crashes crashes in a row, at least 1
 * @param notBefore when the successor may start
 */
public record PendingRespawn(int crashes, Instant notBefore) {

}
