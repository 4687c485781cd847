/**
 * What all web servers of a worker have in common: what they accept, their warm-up, what
 * they measure. Knows no server product.
 */
@NullMarked
package io.unicorn.boot.server;

import org.jspecify.annotations.NullMarked;
