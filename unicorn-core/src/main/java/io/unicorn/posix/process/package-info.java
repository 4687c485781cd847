/**
 * Child processes and signals: spawn, exec, wait.
 */
@NullMarked
package io.unicorn.posix.process;

import org.jspecify.annotations.NullMarked;
