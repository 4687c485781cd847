package io.unicorn.posix;

/**
 * Until this is released, no child is reaped.
 *
 * @see Posix#holdExits
 */
public interface ExitHold {

	/**
	 * Let exits be taken again, unless others hold them too. Doing it again does nothing.
	 * May be called by any thread.
	 */
	void release();

}
