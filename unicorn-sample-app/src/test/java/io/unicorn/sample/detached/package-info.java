/**
 * Tests of servers that the application runs itself, on listeners of the pool.
 */
@NullMarked
package io.unicorn.sample.detached;

import org.jspecify.annotations.NullMarked;
