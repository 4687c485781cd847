/**
 * Auto-configuration of the pool's endpoints, health indicator and meters.
 */
@NullMarked
package io.unicorn.boot.autoconfigure.actuate;

import org.jspecify.annotations.NullMarked;
