package io.unicorn.master.arbiter.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;

import io.unicorn.ipc.Initialization;
import io.unicorn.ipc.Message;
import io.unicorn.launch.settings.AotCache;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.launch.settings.WorkerClass;

/**
 * Workers in the state that a table needs.
 */
public final class Workers {

	public static final Instant SPAWNED = Instant.parse("2026-01-01T00:00:00Z");

	private Workers() {
	}

	public static Worker booting(long id) {
		return worker(id, 1);
	}

	static Worker worker(long id, int generation) {
		Worker worker = worker(id, generation, settings(WorkerClass.GTHREAD, Duration.ofSeconds(30)));
		worker.spawned(1000 + (int) id);
		return worker;
	}

	private static Worker worker(long id, int generation, PoolSettings settings) {
		return new Worker(id, (int) id - 1, generation, settings, false, false, 0, SPAWNED, Initialization.NOTHING);
	}

	public static Worker ready(long id) {
		return ready(id, 1);
	}

	public static Worker ready(long id, int generation) {
		Worker worker = worker(id, generation);
		worker.ready(SPAWNED.plusSeconds(2));
		return worker;
	}

	static Worker retiring(long id) {
		Worker worker = ready(id);
		worker.retire(new Message.Retire("max-requests", "served 5 requests"));
		return worker;
	}

	static Worker leaving(long id, WorkerState state, String reason) {
		Worker worker = ready(id);
		worker.leave(state, reason, Instant.MAX);
		return worker;
	}

	public static PoolSettings settings(WorkerClass workerClass, Duration timeout) {
		return new PoolSettings(OptionalInt.of(2), workerClass, timeout, Duration.ofSeconds(30),
				Duration.ofSeconds(120), Duration.ZERO, false, RolloutSettings.DEFAULT, AotCache.AUTO);
	}

}
