/**
 * Class-data caches, with which JVMs start faster.
 */
@NullMarked
package io.unicorn.launch.cache;

import org.jspecify.annotations.NullMarked;
