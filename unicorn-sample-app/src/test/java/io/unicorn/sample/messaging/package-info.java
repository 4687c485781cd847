/**
 * Messages between the workers of a pool.
 */
@NullMarked
package io.unicorn.sample.messaging;

import org.jspecify.annotations.NullMarked;
