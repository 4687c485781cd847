/**
 * Generations: copies of the application under a hash of their content.
 */
@NullMarked
package io.unicorn.launch.generation;

import org.jspecify.annotations.NullMarked;
