/**
 * Tests of a whole application, the shop, by a browser.
 */
@NullMarked
package io.unicorn.sample.shop;

import org.jspecify.annotations.NullMarked;
