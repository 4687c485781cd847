/**
 * The control protocol between master and worker: messages, their encoding, and frames in
 * a byte stream. Knows neither of the two sides: what a message causes is decided by its
 * receiver.
 */
@NullMarked
package io.unicorn.ipc;

import org.jspecify.annotations.NullMarked;
