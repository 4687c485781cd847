package io.unicorn.launch.workdir;

import java.io.IOException;

/**
 * Reports that a work dir is not private: it is not a directory, or other users own it or
 * can use it. The message says which.
 */
public final class UnsafeWorkDirException extends IOException {

	private static final long serialVersionUID = 1L;

	UnsafeWorkDirException(String message) {
		super(message);
	}

}
