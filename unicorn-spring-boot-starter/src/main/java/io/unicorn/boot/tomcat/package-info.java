/**
 * Tomcat on an inherited listener.
 */
@NullMarked
package io.unicorn.boot.tomcat;

import org.jspecify.annotations.NullMarked;
