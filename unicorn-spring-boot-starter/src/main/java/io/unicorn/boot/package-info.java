/**
 * The types of the pool that an application may use.
 */
@NullMarked
package io.unicorn.boot;

import org.jspecify.annotations.NullMarked;
