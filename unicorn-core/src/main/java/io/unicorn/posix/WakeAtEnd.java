package io.unicorn.posix;

/**
 * The promise that a stopped child goes on when its parent ends. Thread-safe.
 */
public interface WakeAtEnd extends AutoCloseable {

	/**
	 * Take the promise back. Further calls have no effect. The child gets SIGCONT.
	 */
	@Override
	void close();

}
