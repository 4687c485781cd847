/**
 * The master process: the arbiter that decides, and the shell around it that acts.
 */
@NullMarked
package io.unicorn.master;

import org.jspecify.annotations.NullMarked;
