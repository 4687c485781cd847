/**
 * The pool as Actuator and Micrometer show it.
 */
@NullMarked
package io.unicorn.boot.actuate;

import org.jspecify.annotations.NullMarked;
