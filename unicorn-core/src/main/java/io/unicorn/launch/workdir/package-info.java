/**
 * The work dir: its files, staging directories and command sockets, and the processes
 * that use it.
 */
@NullMarked
package io.unicorn.launch.workdir;

import org.jspecify.annotations.NullMarked;
