/**
 * The control protocol: messages, their encoding, and frames over a byte stream.
 */
@NullMarked
package io.unicorn.ipc;

import org.jspecify.annotations.NullMarked;
