/**
 * Configuration properties and auto-configuration of a worker.
 */
@NullMarked
package io.unicorn.boot.autoconfigure;

import org.jspecify.annotations.NullMarked;
