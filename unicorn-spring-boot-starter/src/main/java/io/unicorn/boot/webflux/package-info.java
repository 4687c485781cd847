/**
 * Answers requests of other workers in a reactive application, on whichever server.
 */
@NullMarked
package io.unicorn.boot.webflux;

import org.jspecify.annotations.NullMarked;
