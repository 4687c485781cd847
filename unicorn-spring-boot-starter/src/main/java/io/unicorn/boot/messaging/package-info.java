/**
 * What reaches all workers by {@link io.unicorn.boot.PoolMessaging}: listeners of the
 * application, its events, evictions from local caches, and messages of a simple STOMP
 * broker.
 */
@NullMarked
package io.unicorn.boot.messaging;

import org.jspecify.annotations.NullMarked;
