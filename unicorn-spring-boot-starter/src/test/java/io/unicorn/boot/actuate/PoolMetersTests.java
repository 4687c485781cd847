package io.unicorn.boot.actuate;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolFigures;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.ipc.PoolSnapshot.ExitInfo;
import io.unicorn.ipc.PoolSnapshot.ListenerInfo;
import io.unicorn.ipc.PoolSnapshot.MasterInfo;
import io.unicorn.ipc.PoolSnapshot.RolloutInfo;
import io.unicorn.ipc.PoolSnapshot.WorkerInfo;
import io.unicorn.master.arbiter.pool.ExitReason;
import io.unicorn.worker.TestAgents;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

@Timeout(60)
class PoolMetersTests {

	private final TestAgents master = new TestAgents();

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final PoolMeters meters = new PoolMeters(new PoolView(this.master.agent()));

	@AfterEach
	void close() {
		this.master.close();
	}

	private static WorkerInfo worker(long id, String state, int inFlight, long bootMillis) {
		Instant start = Instant.EPOCH;
		return new WorkerInfo((int) id, id, 100, 1, state, false, start, 7, inFlight, 0, 0, 0,
				(bootMillis > 0) ? start.plusMillis(bootMillis) : null, bootMillis, 0, 0, 0, 0, 0, 0);
	}

	private static PoolSnapshot pool(Map<String, Long> exits, List<ExitInfo> lastExits, List<RolloutInfo> rollouts) {
		return new PoolSnapshot(new MasterInfo(1, Instant.EPOCH, 1, "running"), 3, 2,
				List.of(new ListenerInfo("http", "[::]:8080", 5, 2048),
						new ListenerInfo("management", "[::]:9090", -1, 100)),
				List.of(worker(1, "ready", 2, 1900), worker(2, "ready", 3, 1500), worker(3, "booting", 0, 0)), exits,
				lastExits, rollouts, "");
	}

	private static RolloutInfo rollout(long id, String state, @Nullable Instant endedAt) {
		return new RolloutInfo(id, 1, 2, "app.jar", "SIGHUP", state, Instant.EPOCH, endedAt, "", List.of(), List.of());
	}

	private void bind(PoolSnapshot pool) {
		this.master.pool(pool);
		this.meters.bindTo(this.registry);
		// A meter does not keep alive what it reads.
		System.gc();
	}

	private double workers(String state) {
		return this.registry.get("unicorn.workers").tag("state", state).gauge().value();
	}

	private double gauge(String name) {
		return this.registry.get(name).gauge().value();
	}

	private double gauge(String name, String listener) {
		return this.registry.get(name).tag("listener", listener).gauge().value();
	}

	private double seconds(String name) {
		return this.registry.get(name).timeGauge().value();
	}

	private double counter(String name) {
		return this.registry.get(name).functionCounter().count();
	}

	private double exits(String reason) {
		return this.registry.get("unicorn.worker.exits").tag("reason", reason).functionCounter().count();
	}

	@Test
	void theMetersShowThePool() {
		ExitInfo exit = new ExitInfo(9, 99, "killed", "killed by signal 9", Instant.now().minusSeconds(30), "");
		bind(pool(Map.of("killed", 2L, "sunday", 1L), List.of(exit),
				List.of(rollout(8, "rolling", null), rollout(7, "rolled-back", Instant.EPOCH))));
		assertThat(workers("ready")).isEqualTo(2);
		assertThat(workers("booting")).isEqualTo(1);
		assertThat(workers("draining")).isZero();
		assertThat(workers("exiting")).isZero();
		assertThat(gauge("unicorn.workers.target")).isEqualTo(3);
		assertThat(gauge("unicorn.requests.in.flight")).isEqualTo(5);
		assertThat(seconds("unicorn.worker.boot.time")).isEqualTo(1.5);
		assertThat(seconds("unicorn.worker.exit.age")).isCloseTo(30, within(15.0));
		assertThat(counter("unicorn.rollouts")).isEqualTo(8);
		assertThat(gauge("unicorn.rollout.active")).isEqualTo(1);
		assertThat(gauge("unicorn.rollout.succeeded")).isZero();
		assertThat(exits("killed")).isEqualTo(2);
		assertThat(exits("hung")).isZero();
		assertThat(exits("sunday")).as("a reason of the application's own").isEqualTo(1);
		assertThat(gauge("unicorn.listener.backlog", "http")).isEqualTo(5);
		assertThat(gauge("unicorn.listener.backlog.limit", "http")).isEqualTo(2048);
		assertThat(gauge("unicorn.listener.backlog", "management")).isNaN();
		assertThat(this.master.received().stream().filter(Message.PoolQuery.class::isInstance).count())
			.as("queries for one scrape")
			.isLessThanOrEqualTo(2);
	}

	@Test
	void aYoungPoolHasNoExitsAndNoRollOuts() {
		bind(pool(Map.of(), List.of(), List.of()));
		assertThat(seconds("unicorn.worker.exit.age")).isNaN();
		assertThat(counter("unicorn.rollouts")).isZero();
		assertThat(gauge("unicorn.rollout.active")).isZero();
		assertThat(gauge("unicorn.rollout.succeeded")).isNaN();
	}

	@Test
	void aRollOutThatSucceededIsOne() {
		bind(pool(Map.of(), List.of(), List.of(rollout(1, "succeeded", Instant.EPOCH))));
		assertThat(gauge("unicorn.rollout.succeeded")).isEqualTo(1);
		assertThat(gauge("unicorn.rollout.active")).isZero();
	}

	@Test
	void withoutTheMasterGaugesHaveNoValueAndCountersKeepTheirs() {
		bind(pool(Map.of("killed", 2L), List.of(), List.of()));
		assertThat(exits("killed")).isEqualTo(2);
		this.master.close();
		await().atMost(Duration.ofSeconds(20)).until(() -> Double.isNaN(workers("ready")));
		assertThat(exits("killed")).isEqualTo(2);
	}

	@Test
	void eachReasonOfTheMasterHasItsCounterFromTheBeginning() throws IllegalAccessException {
		List<String> reasons = new ArrayList<>();
		for (Field field : ExitReason.class.getDeclaredFields()) {
			if (field.getType() == String.class && Modifier.isStatic(field.getModifiers())) {
				field.setAccessible(true);
				reasons.add((String) field.get(null));
			}
		}
		assertThat(reasons).hasSizeGreaterThan(10);
		assertThat(PoolFigures.EXIT_REASONS).containsAll(reasons);
	}

}
