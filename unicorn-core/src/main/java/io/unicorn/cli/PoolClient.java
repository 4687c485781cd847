package io.unicorn.cli;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;

/**
 * Queries the master of a pool.
 */
interface PoolClient {

	/**
	 * Return the state of the pool.
	 * @throws CommandFailedException if the master does not reply
	 */
	PoolSnapshot pool() throws CommandFailedException;

	/**
	 * Ask for a roll-out.
	 * @return the number of the roll-out, from 1; 0 if there will be none, because the
	 * pool stops
	 * @throws CommandFailedException if the master does not reply
	 */
	long rollOut() throws CommandFailedException;

	/**
	 * Ask for another change of the pool.
	 * @throws CommandFailedException if the master does not reply
	 */
	Message.RequestReply request(Message.Request request) throws CommandFailedException;

}
