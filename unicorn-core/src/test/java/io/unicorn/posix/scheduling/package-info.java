@NullMarked
package io.unicorn.posix.scheduling;

import org.jspecify.annotations.NullMarked;
