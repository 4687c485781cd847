package io.unicorn.master.upgrade;

import java.util.List;
import java.util.Map;

import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.master.arbiter.pool.ArbiterState;
import io.unicorn.master.process.WorkerConnection;
import io.unicorn.meters.MeterTable;
import org.jspecify.annotations.Nullable;

/**
 * The state that a master hands over to the next master in the same process.
 *
 * @param arbiter the state of the arbiter
 * @param plans how the workers of each generation are launched
 * @param program what the new master runs from, and what future roll-outs begin with
 * @param sockets descriptors of the listening sockets, by address
 * @param connections the control connections of the workers
 * @param lastGood directory of the generation that served before, or {@code null}
 * @param meters the meters of the workers, and of those that have exited
 */
public record HandOver(ArbiterState arbiter, Map<Integer, LaunchPlan> plans, LaunchPlan program,
		Map<String, Integer> sockets, List<WorkerConnection> connections, @Nullable String lastGood,
		List<MeterTable.Saved> meters) {

	public HandOver {
		plans = Map.copyOf(plans);
		sockets = Map.copyOf(sockets);
		connections = List.copyOf(connections);
		meters = List.copyOf(meters);
	}

}
