/**
 * What happens once in a pool, and not once in each worker: the initialization of
 * databases, the job of Spring Batch, runners, the making of secrets. The libraries that
 * do it are optional, so their classes are known by name.
 */
@NullMarked
package io.unicorn.boot.once;

import org.jspecify.annotations.NullMarked;
