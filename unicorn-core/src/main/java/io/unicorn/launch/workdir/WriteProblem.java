package io.unicorn.launch.workdir;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Says why files cannot be written: a full disk also swallows what a child process has to
 * say about it.
 */
public final class WriteProblem {

	/** As much as a launch plan or the output of a failed start. */
	private static final int BYTES = 64 * 1024;

	private WriteProblem() {
	}

	/**
	 * Write a file into a directory and delete it again.
	 * @throws IOException if that fails: the disk is full, there is no inode left, the
	 * file system is read-only
	 */
	public static void check(Path directory) throws IOException {
		try (StagingDirectory staging = StagingDirectory.create(directory)) {
			Files.write(staging.path().resolve("probe"), new byte[BYTES]);
		}
		catch (IOException ex) {
			// The name of the file says nothing.
			String reason = (ex instanceof FileSystemException failure) ? failure.getReason() : ex.getMessage();
			throw (reason != null) ? new IOException(directory + ": " + reason, ex) : ex;
		}
	}

	/**
	 * Return why no file can be written into a directory.
	 * @return the reason, or empty if one can be written
	 */
	public static Optional<String> in(Path directory) {
		try {
			check(directory);
			return Optional.empty();
		}
		catch (IOException ex) {
			return Optional.of("no file can be written in " + reason(ex));
		}
	}

	/**
	 * Return what went wrong, in words: the message of some exceptions of the file system
	 * is only a path.
	 */
	public static String reason(IOException ex) {
		String message = String.valueOf(ex.getMessage());
		if (ex instanceof AccessDeniedException) {
			return message + ": permission denied";
		}
		if (ex instanceof FileAlreadyExistsException) {
			return message + ": it exists already";
		}
		return (ex instanceof NoSuchFileException) ? message + ": no such file or directory" : message;
	}

}
