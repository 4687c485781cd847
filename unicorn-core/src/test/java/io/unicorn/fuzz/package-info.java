/**
 * Mutated inputs for everything that reads bytes of another process.
 */
@NullMarked
package io.unicorn.fuzz;

import org.jspecify.annotations.NullMarked;
