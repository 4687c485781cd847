package io.unicorn.master;

import java.time.Instant;

/**
 * The place of a worker that was lost, waiting for its successor.
 *
 * @param crashes crashes in a row in this place, at least 1
 * @param notBefore when the successor may start
 */
record Vacancy(int crashes, Instant notBefore) {

}
