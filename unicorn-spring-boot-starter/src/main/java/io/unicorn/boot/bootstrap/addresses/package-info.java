/**
 * Addresses of the web servers in the configuration, and random ports in it.
 */
@NullMarked
package io.unicorn.boot.bootstrap.addresses;

import org.jspecify.annotations.NullMarked;
