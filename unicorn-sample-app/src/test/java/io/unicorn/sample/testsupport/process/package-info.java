/**
 * Processes and threads as {@code /proc} shows them, and their end.
 */
@NullMarked
package io.unicorn.sample.testsupport.process;

import org.jspecify.annotations.NullMarked;
