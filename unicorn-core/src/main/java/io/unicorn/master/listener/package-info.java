/**
 * The listening sockets of the master, which workers inherit.
 */
@NullMarked
package io.unicorn.master.listener;

import org.jspecify.annotations.NullMarked;
