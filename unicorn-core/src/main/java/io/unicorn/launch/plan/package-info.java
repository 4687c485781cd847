/**
 * The launch plan, which the bootstrap passes to the master, and the command lines of
 * masters and workers.
 */
@NullMarked
package io.unicorn.launch.plan;

import org.jspecify.annotations.NullMarked;
