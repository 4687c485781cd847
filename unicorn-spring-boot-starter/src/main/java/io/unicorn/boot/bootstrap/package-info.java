/**
 * Runs before there is an application context: turns the application's process into the
 * master, and connects a worker to its master.
 */
@NullMarked
package io.unicorn.boot.bootstrap;

import org.jspecify.annotations.NullMarked;
