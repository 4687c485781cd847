package io.unicorn.boot.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.ipc.PoolSnapshot.RolloutInfo;
import io.unicorn.ipc.PoolSnapshot.WorkerInfo;
import org.jspecify.annotations.Nullable;

/**
 * Publishes meters of the whole pool. Every worker publishes the same values, which are
 * at most half a second old. While the master does not answer, gauges are NaN, and
 * counters keep their values.
 */
public final class PoolMeters implements MeterBinder {

	private static final List<String> STATES = List.of("booting", "ready", "draining", "exiting");

	/**
	 * Exit reasons whose counters exist from the beginning: a rate cannot be computed of
	 * a counter that appears with its first event. Another reason gets its counter when
	 * it is first seen.
	 */
	static final List<String> EXIT_REASONS = List.of("boot-failed", "boot-timeout", "channel-lost", "crashed", "ended",
			"hung", "killed", "max-requests", "misbehaved", "other", "out-of-memory", "reload", "retired",
			"rolled-back", "scaled-down", "shutdown", "terminated");

	private final PoolView pool;

	/** Meters refer to them weakly. */
	private final List<Binding> bindings = new CopyOnWriteArrayList<>();

	/**
	 * Create the meters of this pool.
	 */
	public PoolMeters(PoolView pool) {
		this.pool = pool;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Binding binding = new Binding(registry);
		this.bindings.add(binding);
		binding.bind();
	}

	/** The meters in one registry. */
	private final class Binding {

		private final MeterRegistry registry;

		/** The reasons and listeners that have meters. */
		private final Set<String> known = ConcurrentHashMap.newKeySet();

		private volatile @Nullable PoolSnapshot last;

		Binding(MeterRegistry registry) {
			this.registry = registry;
		}

		void bind() {
			STATES.forEach((state) -> Gauge.builder("unicorn.workers", this, (binding) -> binding.count(state))
				.tag("state", state)
				.description("Number of worker processes of the pool in this state")
				.register(this.registry));
			gauge("unicorn.workers.target", "Number of worker processes that the pool aims at", PoolSnapshot::target);
			gauge("unicorn.requests.in.flight", "Requests that the workers of the pool are serving",
					(snapshot) -> snapshot.workers().stream().mapToInt(WorkerInfo::inFlight).sum());
			seconds("unicorn.worker.boot.time", "Time from the spawn until it was ready, of the newest ready worker",
					PoolMeters::bootSeconds);
			seconds("unicorn.worker.exit.age", "Time since the last exit of a worker; NaN if none has exited",
					PoolMeters::exitAgeSeconds);
			counter("unicorn.rollouts", "Roll-outs since the start of the pool", PoolMeters::rollouts);
			gauge("unicorn.rollout.active", "1 while a roll-out is under way, otherwise 0",
					(snapshot) -> (isActive(snapshot) ? 1 : 0));
			gauge("unicorn.rollout.succeeded",
					"1 if the latest roll-out that has ended succeeded, 0 if it did not; NaN if there was none",
					PoolMeters::succeeded);
			EXIT_REASONS.forEach(this::addReason);
		}

		private double count(String state) {
			return value((snapshot) -> snapshot.workers().stream().filter((one) -> one.state().equals(state)).count());
		}

		private void gauge(String name, String description, ToDoubleFunction<PoolSnapshot> value) {
			Gauge.builder(name, this, (binding) -> binding.value(value))
				.description(description)
				.register(this.registry);
		}

		private void seconds(String name, String description, ToDoubleFunction<PoolSnapshot> value) {
			TimeGauge.builder(name, this, TimeUnit.SECONDS, (binding) -> binding.value(value))
				.description(description)
				.register(this.registry);
		}

		private void counter(String name, String description, ToDoubleFunction<PoolSnapshot> value) {
			FunctionCounter.builder(name, this, (binding) -> binding.total(value))
				.description(description)
				.register(this.registry);
		}

		private void addReason(String reason) {
			if (this.known.add("exits " + reason)) {
				FunctionCounter
					.builder("unicorn.worker.exits", this,
							(binding) -> binding
								.total((snapshot) -> snapshot.exits().getOrDefault(reason, 0L).doubleValue()))
					.tag("reason", reason)
					.description("Workers that have exited, by exit reason")
					.register(this.registry);
			}
		}

		private void addListener(String listener) {
			if (this.known.add("listener " + listener)) {
				addListener(listener, "unicorn.listener.backlog",
						"Connections that no worker has accepted yet; NaN if they cannot be counted",
						(info) -> (info.waiting() >= 0) ? info.waiting() : Double.NaN);
				addListener(listener, "unicorn.listener.backlog.limit",
						"Connections that may wait until a worker accepts them", PoolSnapshot.ListenerInfo::backlog);
			}
		}

		private void addListener(String listener, String name, String description,
				ToDoubleFunction<PoolSnapshot.ListenerInfo> value) {
			Gauge
				.builder(name, this,
						(binding) -> binding.value((snapshot) -> snapshot.listeners()
							.stream()
							.filter((info) -> info.name().equals(listener))
							.mapToDouble(value)
							.findFirst()
							.orElse(Double.NaN)))
				.tag("listener", listener)
				.description(description)
				.register(this.registry);
		}

		private double value(ToDoubleFunction<PoolSnapshot> value) {
			PoolSnapshot snapshot = query();
			return (snapshot != null) ? value.applyAsDouble(snapshot) : Double.NaN;
		}

		/** A registry that pushes would be left with NaN for ever after the first one. */
		private double total(ToDoubleFunction<PoolSnapshot> value) {
			query();
			PoolSnapshot snapshot = this.last;
			return (snapshot != null) ? value.applyAsDouble(snapshot) : 0;
		}

		private @Nullable PoolSnapshot query() {
			PoolSnapshot snapshot = PoolMeters.this.pool.recent();
			// The meters of one scrape share a snapshot.
			if (snapshot != null && !snapshot.equals(this.last)) {
				this.last = snapshot;
				snapshot.exits().keySet().forEach(this::addReason);
				snapshot.listeners().forEach((listener) -> addListener(listener.name()));
			}
			return snapshot;
		}

	}

	private static double bootSeconds(PoolSnapshot snapshot) {
		return snapshot.workers()
			.stream()
			.filter((worker) -> worker.readyAt() != null)
			.max(Comparator.comparingLong(WorkerInfo::id))
			.map((worker) -> worker.bootMillis() / 1000.0)
			.orElse(Double.NaN);
	}

	private static double exitAgeSeconds(PoolSnapshot snapshot) {
		return snapshot.lastExits()
			.stream()
			.findFirst()
			.map((exit) -> Math.max(0, Duration.between(exit.at(), Instant.now()).toMillis() / 1000.0))
			.orElse(Double.NaN);
	}

	private static double rollouts(PoolSnapshot snapshot) {
		return snapshot.rollouts().isEmpty() ? 0 : snapshot.rollouts().get(0).id();
	}

	private static boolean isActive(PoolSnapshot snapshot) {
		return !snapshot.rollouts().isEmpty() && snapshot.rollouts().get(0).endedAt() == null;
	}

	private static double succeeded(PoolSnapshot snapshot) {
		return snapshot.rollouts()
			.stream()
			.filter((rollout) -> rollout.endedAt() != null)
			.findFirst()
			.map(RolloutInfo::state)
			.map((state) -> state.equals("succeeded") ? 1.0 : 0.0)
			.orElse(Double.NaN);
	}

}
