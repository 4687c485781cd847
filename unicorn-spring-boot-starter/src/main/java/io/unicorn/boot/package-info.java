/**
 * What an application may use of the pool that it runs in.
 */
@NullMarked
package io.unicorn.boot;

import org.jspecify.annotations.NullMarked;
