/**
 * Tests of connections: how they are spread over workers, and how a drain ends them.
 */
@NullMarked
package io.unicorn.sample.connections;

import org.jspecify.annotations.NullMarked;
