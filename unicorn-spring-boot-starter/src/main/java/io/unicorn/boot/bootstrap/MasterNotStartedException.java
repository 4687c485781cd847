package io.unicorn.boot.bootstrap;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;

import org.jspecify.annotations.Nullable;

/**
 * This process cannot become the master.
 */
class MasterNotStartedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String advice;

	MasterNotStartedException(String what, String advice, @Nullable Throwable cause) {
		super((cause != null) ? what + ": " + reason(cause) : what, cause);
		this.advice = advice;
	}

	MasterNotStartedException(String what, String advice) {
		super(what);
		this.advice = advice;
	}

	/** Of the exceptions of the file system, some carry the path and nothing else. */
	static String reason(Throwable cause) {
		String message = String.valueOf(cause.getMessage());
		if (cause instanceof AccessDeniedException) {
			return message + ": permission denied";
		}
		if (cause instanceof NoSuchFileException) {
			return message + ": no such file or directory";
		}
		if (cause instanceof FileAlreadyExistsException) {
			return message + ": exists, and is not a directory";
		}
		return message;
	}

	String getAdvice() {
		return this.advice;
	}

}
