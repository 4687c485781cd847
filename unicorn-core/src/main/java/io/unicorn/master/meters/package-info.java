/**
 * The master's part in the meters of the pool: collects them from the workers and keeps
 * the sums of those that have exited.
 */
@NullMarked
package io.unicorn.master.meters;

import org.jspecify.annotations.NullMarked;
