/**
 * A small web application on the starter, with requests and properties that make it fail.
 */
@NullMarked
package io.unicorn.sample;

import org.jspecify.annotations.NullMarked;
