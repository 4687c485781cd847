/**
 * HTTP clients that repeat nothing and hide nothing, and a server that follows a script.
 */
@NullMarked
package io.unicorn.sample.testsupport.http;

import org.jspecify.annotations.NullMarked;
