/**
 * What the processes of a pool need on the disk: looked up again before each start of
 * one, and made again where it is gone.
 */
@NullMarked
package io.unicorn.master.ground;

import org.jspecify.annotations.NullMarked;
