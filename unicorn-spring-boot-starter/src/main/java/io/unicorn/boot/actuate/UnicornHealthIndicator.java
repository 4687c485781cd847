package io.unicorn.boot.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import io.unicorn.ipc.PoolSnapshot;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Health of the pool: UP with all workers ready, DEGRADED with fewer, DOWN if the master
 * does not answer. DEGRADED does not change the status of the whole application: it still
 * serves, and a probe must not end it for that.
 */
final class UnicornHealthIndicator extends AbstractHealthIndicator {

	static final Status DEGRADED = new Status("DEGRADED", "fewer workers are ready than wanted");

	private final PoolView pool;

	UnicornHealthIndicator(PoolView pool) {
		super("The pool could not be asked");
		this.pool = pool;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		PoolSnapshot snapshot = this.pool.now();
		if (snapshot == null) {
			builder.down().withDetail("master", "does not answer");
			return;
		}
		builder.status((snapshot.ready() >= snapshot.target()) ? Status.UP : DEGRADED)
			.withDetail("target", snapshot.target())
			.withDetail("ready", snapshot.ready())
			.withDetail("state", snapshot.master().state())
			.withDetail("master", snapshot.master().pid());
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
