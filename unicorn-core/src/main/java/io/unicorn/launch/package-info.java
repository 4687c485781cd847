/**
 * How a worker is launched: the plan that the bootstrap hands to the master, command
 * lines, the sizing of the pool, and the copies of the application that workers run.
 */
@NullMarked
package io.unicorn.launch;

import org.jspecify.annotations.NullMarked;
