/**
 * Listening sockets with their accept queues, and control connections.
 */
@NullMarked
package io.unicorn.posix.socket;

import org.jspecify.annotations.NullMarked;
