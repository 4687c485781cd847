/**
 * A load whose every request is accounted for.
 */
@NullMarked
package io.unicorn.sample.testsupport.load;

import org.jspecify.annotations.NullMarked;
