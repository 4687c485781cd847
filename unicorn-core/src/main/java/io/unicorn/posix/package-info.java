/**
 * The operating system: processes, signals, sockets and descriptors. The only package
 * that makes native calls.
 */
@NullMarked
package io.unicorn.posix;

import org.jspecify.annotations.NullMarked;
