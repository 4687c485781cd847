/**
 * Tests of the connections that a worker accepts.
 */
@NullMarked
package io.unicorn.sample.connections;

import org.jspecify.annotations.NullMarked;
