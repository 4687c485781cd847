/**
 * The settings of a pool, its size and the JVM flags that follow from them.
 */
@NullMarked
package io.unicorn.launch.settings;

import org.jspecify.annotations.NullMarked;
