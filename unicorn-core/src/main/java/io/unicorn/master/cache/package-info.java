/**
 * Training and use of caches of class data.
 */
@NullMarked
package io.unicorn.master.cache;

import org.jspecify.annotations.NullMarked;
