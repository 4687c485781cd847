/**
 * The C library: bindings, native memory, error numbers and descriptors. The only package
 * that makes native calls.
 */
@NullMarked
package io.unicorn.posix.libc;

import org.jspecify.annotations.NullMarked;
