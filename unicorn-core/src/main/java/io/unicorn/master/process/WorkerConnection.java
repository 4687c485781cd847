package io.unicorn.master.process;

import java.nio.ByteBuffer;

/**
 * A worker's process and its control connection, as one master hands them over to the
 * next.
 *
 * @param id the arbiter's number of the worker
 * @param pid its process id
 * @param descriptor the master's end of the connection, or {@link #NONE}
 * @param received bytes of a frame that is not complete
 * @param unsent bytes that the worker has not read yet
 */
public record WorkerConnection(long id, int pid, int descriptor, ByteBuffer received, ByteBuffer unsent) {

	/** No descriptor: the connection is lost. */
	public static final int NONE = -1;

}
