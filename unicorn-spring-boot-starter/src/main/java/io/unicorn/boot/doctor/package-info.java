/**
 * Finds what works in one process and not in several.
 */
@NullMarked
package io.unicorn.boot.doctor;

import org.jspecify.annotations.NullMarked;
