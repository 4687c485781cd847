package io.unicorn.launch.generation;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Reports that an application can only run from its own directory, because a copy cannot
 * contain all of its parts, such as a directory on its class path.
 */
public final class NotCopyableException extends IOException {

	private static final long serialVersionUID = 1L;

	NotCopyableException(Path jar, String reason) {
		super(jar + " cannot be copied: " + reason);
	}

}
