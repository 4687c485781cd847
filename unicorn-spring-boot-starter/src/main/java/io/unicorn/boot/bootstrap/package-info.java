/**
 * Turns the application's own process into the master, and tells a worker who it is.
 */
@NullMarked
package io.unicorn.boot.bootstrap;

import org.jspecify.annotations.NullMarked;
