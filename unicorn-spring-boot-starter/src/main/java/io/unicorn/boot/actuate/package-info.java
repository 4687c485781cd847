/**
 * Actuator's endpoints and health of the pool, and Micrometer's gauges.
 */
@NullMarked
package io.unicorn.boot.actuate;

import org.jspecify.annotations.NullMarked;
