package io.unicorn.boot.actuate;

import java.util.List;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.unicorn.ipc.PoolSnapshot;

/**
 * Publishes gauges of the whole pool. Every worker publishes the same values.
 */
public final class PoolMeters implements MeterBinder {

	private static final List<String> STATES = List.of("booting", "ready", "draining", "exiting");

	private final PoolView pool;

	/**
	 * Create the gauges of this pool.
	 */
	public PoolMeters(PoolView pool) {
		this.pool = pool;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		for (String state : STATES) {
			Gauge.builder("unicorn.workers", this.pool, (pool) -> count(pool, state))
				.tag("state", state)
				.description("Number of worker processes of the pool in this state")
				.register(registry);
		}
		Gauge.builder("unicorn.workers.target", this.pool, PoolMeters::target)
			.description("Number of worker processes that the pool aims at")
			.register(registry);
	}

	private static double count(PoolView pool, String state) {
		PoolSnapshot snapshot = pool.summary();
		return (snapshot == null) ? Double.NaN
				: snapshot.workers().stream().filter((worker) -> worker.state().equals(state)).count();
	}

	private static double target(PoolView pool) {
		PoolSnapshot snapshot = pool.summary();
		return (snapshot == null) ? Double.NaN : snapshot.target();
	}

}
