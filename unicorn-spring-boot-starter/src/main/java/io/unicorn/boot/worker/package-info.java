/**
 * The part of a worker that does not depend on its web server: properties, log lines,
 * readiness, drain.
 */
@NullMarked
package io.unicorn.boot.worker;

import org.jspecify.annotations.NullMarked;
