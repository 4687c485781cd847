/**
 * Chaos on the real jar: kills, stops, signals, a full disk, few descriptors and
 * roll-outs at random, under load, with invariants checked after each step.
 */
@NullMarked
package io.unicorn.sample.chaos;

import org.jspecify.annotations.NullMarked;
