package io.unicorn.boot.bootstrap;

import java.io.IOException;
import java.nio.file.Path;

/**
 * There is no directory in which a master could keep its files: the disk is full, or
 * nothing can be written to.
 */
final class NoPlaceForMasterException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	NoPlaceForMasterException(Path directory, IOException cause) {
		super(directory + " cannot be used: " + MasterNotStartedException.reason(cause), cause);
	}

}
