/**
 * Evictions from caches in the memory of one worker that reach those of the others.
 */
@NullMarked
package io.unicorn.boot.messaging.cache;

import org.jspecify.annotations.NullMarked;
