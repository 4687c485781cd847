/**
 * A soak: clients of all kinds, roll-outs, and an exact account of every request.
 */
@NullMarked
package io.unicorn.sample.soak;

import org.jspecify.annotations.NullMarked;
