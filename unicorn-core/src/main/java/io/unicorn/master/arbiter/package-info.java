/**
 * The arbiter: the state machine that decides what happens to the pool, without I/O,
 * threads or a clock.
 */
@NullMarked
package io.unicorn.master.arbiter;

import org.jspecify.annotations.NullMarked;
