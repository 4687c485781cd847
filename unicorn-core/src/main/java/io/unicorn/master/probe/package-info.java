/**
 * Answers of the master to probes and scrapes over HTTP, at an address of its own.
 */
@NullMarked
package io.unicorn.master.probe;

import org.jspecify.annotations.NullMarked;
