/**
 * HTTP sessions that all workers share: Spring Session's JDBC repository on an SQLite
 * file in the private directory.
 */
@NullMarked
package io.unicorn.boot.session;

import org.jspecify.annotations.NullMarked;
