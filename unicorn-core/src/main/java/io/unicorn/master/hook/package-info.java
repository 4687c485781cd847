/**
 * The commands that the master runs at some moments in the life of the pool.
 */
@NullMarked
package io.unicorn.master.hook;

import org.jspecify.annotations.NullMarked;
