/**
 * The sample application once more, without servlets: the same requests and answers by
 * WebFlux.
 */
@NullMarked
package io.unicorn.reactive;

import org.jspecify.annotations.NullMarked;
