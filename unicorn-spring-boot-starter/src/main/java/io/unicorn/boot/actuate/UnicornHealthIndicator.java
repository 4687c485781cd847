package io.unicorn.boot.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import io.unicorn.ipc.PoolSnapshot;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Reports the health of the pool: UP if the target number of workers is ready, DEGRADED
 * if fewer are, OUT_OF_SERVICE if fewer than a configured minimum are, DOWN if the master
 * does not answer. DEGRADED does not change the status of the application: it still
 * serves, so a probe must not restart it.
 */
public final class UnicornHealthIndicator extends AbstractHealthIndicator {

	/** Fewer workers are ready than the pool aims at. */
	public static final Status DEGRADED = new Status("DEGRADED", "fewer workers are ready than the target");

	private final PoolView pool;

	private final int minReady;

	/**
	 * Create an indicator of this pool.
	 * @param minReady number of ready workers below which the pool is out of service, or
	 * 0 if it never is
	 */
	public UnicornHealthIndicator(PoolView pool, int minReady) {
		super("The state of the pool could not be queried");
		this.pool = pool;
		this.minReady = minReady;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		PoolSnapshot snapshot = this.pool.summary();
		if (snapshot == null) {
			builder.down().withDetail("master", "does not answer");
			return;
		}
		builder.status(status(snapshot))
			.withDetail("target", snapshot.target())
			.withDetail("ready", snapshot.ready())
			.withDetail("state", snapshot.master().state())
			.withDetail("master", snapshot.master().pid());
		if (!snapshot.problem().isEmpty()) {
			builder.withDetail("problem", snapshot.problem());
		}
		snapshot.rollouts()
			.stream()
			.findFirst()
			.ifPresent((rollout) -> builder.withDetail("rollout", summary(rollout)));
	}

	/**
	 * A worker that boots does not count the others: it would wait for them if its own
	 * readiness depended on this indicator, and they for it.
	 */
	private Status status(PoolSnapshot snapshot) {
		if (snapshot.ready() < this.minReady && this.pool.isReady(snapshot)) {
			return Status.OUT_OF_SERVICE;
		}
		return (snapshot.ready() >= snapshot.target()) ? Status.UP : DEGRADED;
	}

	private static Map<String, Object> summary(PoolSnapshot.RolloutInfo rollout) {
		Map<String, Object> summary = new LinkedHashMap<>();
		summary.put("id", rollout.id());
		summary.put("state", rollout.state());
		if (!rollout.reason().isEmpty()) {
			summary.put("reason", rollout.reason());
		}
		return summary;
	}

}
