/**
 * Tests of HTTP sessions that workers share.
 */
@NullMarked
package io.unicorn.sample.session;

import org.jspecify.annotations.NullMarked;
