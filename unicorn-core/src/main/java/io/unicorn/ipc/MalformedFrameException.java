package io.unicorn.ipc;

import java.io.IOException;

/**
 * The other end sent bytes that this protocol does not allow; the message says which.
 * Where the next frame starts is no longer certain, so the connection must be closed. The
 * message holds no text from the other end and is safe to log.
 */
public final class MalformedFrameException extends IOException {

	MalformedFrameException(String message) {
		super(message);
	}

	MalformedFrameException(String message, Throwable cause) {
		super(message, cause);
	}

}
