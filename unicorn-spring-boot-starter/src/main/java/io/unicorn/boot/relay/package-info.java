/**
 * Requests that one worker passes on and another one answers, as bytes.
 */
@NullMarked
package io.unicorn.boot.relay;

import org.jspecify.annotations.NullMarked;
