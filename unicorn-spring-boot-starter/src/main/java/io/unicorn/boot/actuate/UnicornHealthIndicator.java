package io.unicorn.boot.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import io.unicorn.ipc.PoolSnapshot;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Reports the health of the pool: UP if the target number of workers is ready, DEGRADED
 * if fewer are, DOWN if the master does not answer. DEGRADED does not change the status
 * of the application: it still serves, so a probe must not restart it.
 */
public final class UnicornHealthIndicator extends AbstractHealthIndicator {

	/** Fewer workers are ready than the pool aims at. */
	public static final Status DEGRADED = new Status("DEGRADED", "fewer workers are ready than the target");

	private final PoolView pool;

	/**
	 * Create an indicator of this pool.
	 */
	public UnicornHealthIndicator(PoolView pool) {
		super("The state of the pool could not be queried");
		this.pool = pool;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		PoolSnapshot snapshot = this.pool.summary();
		if (snapshot == null) {
			builder.down().withDetail("master", "does not answer");
			return;
		}
		builder.status((snapshot.ready() >= snapshot.target()) ? Status.UP : DEGRADED)
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
