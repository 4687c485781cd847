/**
 * Ends streams of server-sent events between two events.
 */
@NullMarked
package io.unicorn.boot.jetty.sse;

import org.jspecify.annotations.NullMarked;
