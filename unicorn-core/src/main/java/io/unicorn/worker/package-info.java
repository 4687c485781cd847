/**
 * What runs inside a worker without Spring: the agent, inherited listeners, request
 * accounting and drain.
 */
@NullMarked
package io.unicorn.worker;

import org.jspecify.annotations.NullMarked;
