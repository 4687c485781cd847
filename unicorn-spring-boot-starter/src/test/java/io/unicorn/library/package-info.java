/**
 * What tests take for the code of a library.
 */
@NullMarked
package io.unicorn.library;

import org.jspecify.annotations.NullMarked;
