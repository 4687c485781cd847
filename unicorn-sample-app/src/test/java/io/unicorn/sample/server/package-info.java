/**
 * The contract of web servers: what a pool promises whichever server its workers run.
 */
@NullMarked
package io.unicorn.sample.server;

import org.jspecify.annotations.NullMarked;
