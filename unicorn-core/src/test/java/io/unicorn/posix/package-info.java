@NullMarked
package io.unicorn.posix;

import org.jspecify.annotations.NullMarked;
