/**
 * The processes that a master starts: workers, preparations, and what they may use.
 */
@NullMarked
package io.unicorn.master.process;

import org.jspecify.annotations.NullMarked;
