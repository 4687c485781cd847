/**
 * Messages between processes of one user on one machine, without a process in the middle:
 * each member of a group has a Unix socket in a directory that all members know. Uses the
 * JDK alone, and can be used without a pool.
 */
@NullMarked
package io.unicorn.ipc.group;

import org.jspecify.annotations.NullMarked;
