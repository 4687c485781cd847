/**
 * The model of the arbiter: workers, events and effects, and the rules that compare a
 * pool with its target.
 */
@NullMarked
package io.unicorn.master.arbiter.pool;

import org.jspecify.annotations.NullMarked;
