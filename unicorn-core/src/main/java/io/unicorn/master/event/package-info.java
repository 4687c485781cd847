/**
 * Sources of events: signals, control connections, the jar file, the clock.
 */
@NullMarked
package io.unicorn.master.event;

import org.jspecify.annotations.NullMarked;
