/**
 * Requests of a worker's own, by which it becomes fast before it serves.
 */
@NullMarked
package io.unicorn.boot.warmup;

import org.jspecify.annotations.NullMarked;
