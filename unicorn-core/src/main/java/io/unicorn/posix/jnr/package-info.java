/**
 * The implementation of the seam for 64-bit Linux.
 */
@NullMarked
package io.unicorn.posix.jnr;

import org.jspecify.annotations.NullMarked;
