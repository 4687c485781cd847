/**
 * Runs Tomcat on a listener that the master has opened.
 */
@NullMarked
package io.unicorn.boot.tomcat;

import org.jspecify.annotations.NullMarked;
