/**
 * A soak test: clients of all kinds, roll-outs, and the result of every request.
 */
@NullMarked
package io.unicorn.sample.soak;

import org.jspecify.annotations.NullMarked;
