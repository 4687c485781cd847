/**
 * Tests of roll-outs and of upgrades of the master.
 */
@NullMarked
package io.unicorn.sample.rollout;

import org.jspecify.annotations.NullMarked;
