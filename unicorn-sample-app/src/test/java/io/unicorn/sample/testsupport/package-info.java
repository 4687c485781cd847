/**
 * The harness of the integration tests, the benchmarks and the soak: jars, ports,
 * certificates, waiting.
 */
@NullMarked
package io.unicorn.sample.testsupport;

import org.jspecify.annotations.NullMarked;
