/**
 * The master's log.
 */
@NullMarked
package io.unicorn.master.log;

import org.jspecify.annotations.NullMarked;
