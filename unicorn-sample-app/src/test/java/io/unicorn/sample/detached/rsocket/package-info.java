/**
 * An RSocket server on a listener of the pool. The class path of tests lacks its
 * libraries.
 */
@NullMarked
package io.unicorn.sample.detached.rsocket;

import org.jspecify.annotations.NullMarked;
