/**
 * The master process: wires the arbiter to the sources of events and performs its
 * effects.
 */
@NullMarked
package io.unicorn.master;

import org.jspecify.annotations.NullMarked;
