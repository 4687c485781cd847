package io.unicorn.boot.server;

import java.io.IOException;

/**
 * A connection has no valid header. The message continues a sentence about it.
 */
final class ProxyHeaderException extends IOException {

	private static final long serialVersionUID = 1L;

	ProxyHeaderException(String message) {
		super(message);
	}

}
