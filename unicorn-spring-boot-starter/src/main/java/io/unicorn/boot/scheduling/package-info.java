/**
 * Lets scheduled tasks run in the leader alone.
 */
@NullMarked
package io.unicorn.boot.scheduling;

import org.jspecify.annotations.NullMarked;
