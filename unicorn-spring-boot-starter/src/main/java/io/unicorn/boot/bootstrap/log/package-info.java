/**
 * Learns how the application writes its log lines, so that the master writes them alike.
 */
@NullMarked
package io.unicorn.boot.bootstrap.log;

import org.jspecify.annotations.NullMarked;
