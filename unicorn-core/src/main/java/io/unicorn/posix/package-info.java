/**
 * The seam to the operating system: the calls that a master needs and the JDK does not
 * offer.
 */
@NullMarked
package io.unicorn.posix;

import org.jspecify.annotations.NullMarked;
