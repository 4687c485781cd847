/**
 * Lets scheduled tasks, and jobs of Quartz that are kept in memory, run in the leader
 * alone.
 */
@NullMarked
package io.unicorn.boot.scheduling;

import org.jspecify.annotations.NullMarked;
