/**
 * Properties, conditions and beans of a worker.
 */
@NullMarked
package io.unicorn.boot.autoconfigure;

import org.jspecify.annotations.NullMarked;
