package io.unicorn.launch;

import java.io.IOException;

/**
 * The private directory is not private.
 */
public final class UnsafeWorkDirException extends IOException {

	private static final long serialVersionUID = 1L;

	UnsafeWorkDirException(String message) {
		super(message);
	}

}
