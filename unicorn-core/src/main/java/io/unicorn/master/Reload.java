package io.unicorn.master;

import java.time.Instant;

/**
 * A replacement of all workers that is under way.
 *
 * @param acceptedBefore the oldest generation that was good enough before it began
 * @param startedAt when it began
 */
record Reload(int acceptedBefore, Instant startedAt) {

}
