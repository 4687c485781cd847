/**
 * The socket on which the master takes commands of the operator.
 */
@NullMarked
package io.unicorn.master.command;

import org.jspecify.annotations.NullMarked;
