package io.unicorn.master.probe;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.ipc.PoolSnapshot.ListenerInfo;
import io.unicorn.ipc.PoolSnapshot.MasterInfo;
import io.unicorn.ipc.PoolSnapshot.WorkerInfo;

/**
 * Pools for tests.
 */
final class Snapshots {

	private Snapshots() {
	}

	/** Return a pool of three workers, of which some are ready. */
	static PoolSnapshot pool(String state, int ready) {
		int pid = (int) ProcessHandle.current().pid();
		return new PoolSnapshot(new MasterInfo(pid, Instant.EPOCH, 1, state), 3, ready,
				List.of(new ListenerInfo("http", "[::]:8080", 5, 2048),
						new ListenerInfo("management", "[::]:9", -1, 10)),
				List.of(new WorkerInfo(0, 1, 10, 1, "ready", true, Instant.EPOCH, 100, 4),
						new WorkerInfo(1, 2, 11, 1, "booting", false, Instant.EPOCH, 0, 0)),
				Map.of("killed", 2L, "a \"b\"\\c\nd", 1L), List.of(), List.of(), "");
	}

}
