/**
 * The live page of the pool: static files, which ask the endpoint {@code unicorn}.
 */
@NullMarked
package io.unicorn.boot.dashboard;

import org.jspecify.annotations.NullMarked;
