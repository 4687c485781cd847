/**
 * A small web application on the starter, which can be asked to misbehave.
 */
@NullMarked
package io.unicorn.sample;

import org.jspecify.annotations.NullMarked;
