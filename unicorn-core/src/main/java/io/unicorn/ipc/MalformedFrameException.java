package io.unicorn.ipc;

import java.io.IOException;

/**
 * Thrown when the other end has sent bytes that break the protocol; the message says
 * which. The start of the next frame is unknown then, so the connection must be closed.
 * The message contains no text of the other end and is safe to log.
 */
public final class MalformedFrameException extends IOException {

	MalformedFrameException(String message) {
		super(message);
	}

	MalformedFrameException(String message, Throwable cause) {
		super(message, cause);
	}

}
