/**
 * The generations that a master knows: their launch plans and what they need in the
 * private directory.
 */
@NullMarked
package io.unicorn.master.generation;

import org.jspecify.annotations.NullMarked;
