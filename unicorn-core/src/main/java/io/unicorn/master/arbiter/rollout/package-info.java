/**
 * Roll-outs: replacing all workers by those of another generation, and going back.
 */
@NullMarked
package io.unicorn.master.arbiter.rollout;

import org.jspecify.annotations.NullMarked;
