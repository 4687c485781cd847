/**
 * Runs Jetty on a listener that the master has opened.
 */
@NullMarked
package io.unicorn.boot.jetty;

import org.jspecify.annotations.NullMarked;
