package io.unicorn.cli;

import io.unicorn.ipc.PoolSnapshot;

/**
 * What can be asked of a pool.
 */
interface PoolLine {

	/**
	 * Return the state of the pool.
	 */
	PoolSnapshot pool() throws CommandFailedException;

	/**
	 * Ask for a roll-out.
	 * @return the number that it will have; 0 if there will be none, because the pool
	 * stops
	 */
	long rollOut() throws CommandFailedException;

}
