package io.unicorn.master;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

import io.unicorn.launch.LaunchPlan;
import org.jspecify.annotations.Nullable;

/**
 * What a master leaves to the one that takes its place in the same process.
 *
 * @param arbiter what was decided
 * @param plans how the workers of each generation are launched
 * @param program what the new master runs from, and what future roll-outs begin with
 * @param sockets descriptors of the listening sockets, by address
 * @param connections the control connections of the workers
 * @param lastGood directory of the generation that served before, or {@code null}
 */
record HandOver(ArbiterState arbiter, Map<Integer, LaunchPlan> plans, LaunchPlan program, Map<String, Integer> sockets,
		List<Connection> connections, @Nullable String lastGood) {

	/** No descriptor: the connection is lost. */
	static final int NONE = -1;

	HandOver {
		plans = Map.copyOf(plans);
		sockets = Map.copyOf(sockets);
		connections = List.copyOf(connections);
	}

	/**
	 * A worker's process and the connection to it.
	 *
	 * @param id the arbiter's number of the worker
	 * @param pid its process id
	 * @param descriptor our end of the connection, or {@link #NONE}
	 * @param received what was read of a frame that is not complete
	 * @param unsent what the worker has not read yet
	 */
	record Connection(long id, int pid, int descriptor, ByteBuffer received, ByteBuffer unsent) {

	}

}
