package io.unicorn.launch;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The application has parts that no copy can hold, such as a directory on its class path,
 * so it can only run where it is.
 */
public final class NotCopyableException extends IOException {

	private static final long serialVersionUID = 1L;

	NotCopyableException(Path jar, String reason) {
		super(jar + " cannot be copied: " + reason);
	}

}
