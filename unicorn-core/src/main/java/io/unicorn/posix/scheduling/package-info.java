/**
 * Scheduling of other processes: affinity, time slices, nice values and policies.
 */
@NullMarked
package io.unicorn.posix.scheduling;

import org.jspecify.annotations.NullMarked;
