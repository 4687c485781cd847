/**
 * Runs Reactor Netty on a listener that the master has opened.
 */
@NullMarked
package io.unicorn.boot.netty;

import org.jspecify.annotations.NullMarked;
