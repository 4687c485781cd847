/**
 * Handing the pool over to another master in the same process.
 */
@NullMarked
package io.unicorn.master.upgrade;

import org.jspecify.annotations.NullMarked;
