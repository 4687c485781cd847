package io.unicorn.boot.bootstrap;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if this process cannot become the master. Carries advice for the operator.
 */
class PoolStartException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String advice;

	PoolStartException(String problem, String advice, @Nullable Throwable cause) {
		super((cause != null) ? problem + ": " + reason(cause) : problem, cause);
		this.advice = advice;
	}

	PoolStartException(String problem, String advice) {
		super(problem);
		this.advice = advice;
	}

	/**
	 * Return an exception for a path of the configuration that this process cannot use.
	 */
	static PoolStartException inexpressible(String property, InvalidPathException cause) {
		return new PoolStartException(property + " is no path that this process can use",
				"Set LC_ALL=C.UTF-8 in its environment, or use another path.", cause);
	}

	/**
	 * Return what went wrong, in words: the messages of some exceptions of the file
	 * system are only a path, and those of an error are only the name of a class.
	 */
	static String reason(Throwable cause) {
		String message = String.valueOf(cause.getMessage());
		if (cause instanceof AccessDeniedException) {
			return message + ": permission denied";
		}
		if (cause instanceof NoSuchFileException) {
			return message + ": no such file or directory";
		}
		if (cause instanceof FileAlreadyExistsException) {
			return message + ": exists and is not a directory";
		}
		if (cause instanceof InvalidPathException) {
			// In the POSIX locale, a JVM can only express ASCII.
			return message + " (file names are in the character set " + System.getProperty("sun.jnu.encoding") + ")";
		}
		if (cause instanceof Error || cause.getMessage() == null || message.isBlank()) {
			return cause.toString();
		}
		return message;
	}

	String getAdvice() {
		return this.advice;
	}

}
