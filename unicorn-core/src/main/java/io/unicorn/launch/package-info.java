/**
 * How a worker is launched: the plan that the bootstrap hands to the master, command
 * lines, and the sizing of the pool.
 */
@NullMarked
package io.unicorn.launch;

import org.jspecify.annotations.NullMarked;
