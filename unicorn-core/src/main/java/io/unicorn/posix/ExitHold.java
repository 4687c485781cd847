package io.unicorn.posix;

/**
 * Keeps children from being reaped until it is released.
 *
 * @see Posix#holdExits
 */
public interface ExitHold {

	/**
	 * Let children be reaped again, unless another hold exists. Releasing again has no
	 * effect. May be called by any thread.
	 */
	void release();

}
