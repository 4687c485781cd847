/**
 * The worker's side of the pool, without Spring: the agent with its control connection,
 * inherited listeners, request accounting, drain and exit.
 */
@NullMarked
package io.unicorn.worker;

import org.jspecify.annotations.NullMarked;
