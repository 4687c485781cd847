/**
 * Starts pools, observes them and cleans up after them.
 */
@NullMarked
package io.unicorn.sample.testsupport.pool;

import org.jspecify.annotations.NullMarked;
