package io.unicorn.master.probe;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import io.unicorn.ipc.PoolFigures;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.ipc.PoolSnapshot.ListenerInfo;
import io.unicorn.launch.workdir.ProcessTable;

/**
 * Describes pool and master as metrics. Those of the pool have the names that workers
 * publish them under.
 */
final class PoolMetrics {

	private static final String GAUGE = "gauge";

	private static final String COUNTER = "counter";

	private final ProcessTable processes;

	/**
	 * Create.
	 * @param processes where the master finds itself
	 */
	PoolMetrics(ProcessTable processes) {
		this.processes = processes;
	}

	/** Return all metrics as text. */
	String of(PoolSnapshot pool) {
		PrometheusText text = new PrometheusText();
		addWorkers(text, pool);
		addRollouts(text, pool);
		addListeners(text, pool.listeners());
		addMaster(text, pool.master());
		return text.toString();
	}

	private static void addWorkers(PrometheusText text, PoolSnapshot pool) {
		text.metric("unicorn_workers", GAUGE, "Number of worker processes of the pool in this state");
		PoolFigures.STATES
			.forEach((state) -> text.sample("unicorn_workers", "state", state, PoolFigures.workers(pool, state)));
		add(text, "unicorn_workers_target", GAUGE, "Number of worker processes that the pool aims at", pool.target());
		add(text, "unicorn_requests_in_flight", GAUGE, "Requests that the workers of the pool are serving",
				PoolFigures.requestsInFlight(pool));
		add(text, "unicorn_worker_boot_time_seconds", GAUGE,
				"Time from the spawn until it was ready, of the newest ready worker", PoolFigures.bootSeconds(pool));
		add(text, "unicorn_worker_exit_age_seconds", GAUGE,
				"Time since the last exit of a worker; NaN if none has exited", PoolFigures.exitAgeSeconds(pool));
		Set<String> reasons = new TreeSet<>(PoolFigures.EXIT_REASONS);
		reasons.addAll(pool.exits().keySet());
		text.metric("unicorn_worker_exits_total", COUNTER, "Workers that have exited, by exit reason");
		reasons.forEach((reason) -> text.sample("unicorn_worker_exits_total", "reason", reason,
				PoolFigures.exits(pool, reason)));
	}

	private static void addRollouts(PrometheusText text, PoolSnapshot pool) {
		add(text, "unicorn_rollouts_total", COUNTER, "Roll-outs since the start of the pool",
				PoolFigures.rollouts(pool));
		add(text, "unicorn_rollout_active", GAUGE, "1 while a roll-out is under way, otherwise 0",
				PoolFigures.rolloutActive(pool));
		add(text, "unicorn_rollout_succeeded", GAUGE,
				"1 if the latest roll-out that has ended succeeded, 0 if it did not; NaN if there was none",
				PoolFigures.rolloutSucceeded(pool));
	}

	private static void addListeners(PrometheusText text, List<ListenerInfo> listeners) {
		text.metric("unicorn_listener_backlog", GAUGE,
				"Connections that no worker has accepted yet; NaN if they cannot be counted");
		listeners.forEach((listener) -> text.sample("unicorn_listener_backlog", "listener", listener.name(),
				PoolFigures.waiting(listener)));
		text.metric("unicorn_listener_backlog_limit", GAUGE, "Connections that may wait until a worker accepts them");
		listeners.forEach((listener) -> text.sample("unicorn_listener_backlog_limit", "listener", listener.name(),
				listener.backlog()));
	}

	private void addMaster(PrometheusText text, PoolSnapshot.MasterInfo master) {
		add(text, "unicorn_master_uptime_seconds", GAUGE, "Time since the start of the pool",
				(double) master.uptimeSeconds());
		try {
			ProcessTable.Usage usage = this.processes.usage(master.pid());
			add(text, "unicorn_master_cpu_seconds_total", COUNTER, "Processor time that the process has used",
					usage.cpuSeconds());
			add(text, "unicorn_master_threads", GAUGE, "Threads of the master", usage.threads());
			add(text, "unicorn_master_resident_memory_bytes", GAUGE, "Memory of the master in RAM",
					(double) usage.rssBytes());
		}
		catch (IOException ex) {
			// Without /proc there is the rest.
		}
	}

	private static void add(PrometheusText text, String name, String type, String help, double value) {
		text.metric(name, type, help).sample(name, value);
	}

}
