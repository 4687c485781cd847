package io.unicorn.boot.actuate;

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
import io.unicorn.ipc.PoolFigures;
import io.unicorn.ipc.PoolSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Publishes meters of the whole pool. Every worker publishes the same values, which are
 * at most half a second old. While the master does not answer, gauges are NaN, and
 * counters keep their values.
 */
public final class PoolMeters implements MeterBinder {

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
			PoolFigures.STATES
				.forEach((state) -> Gauge.builder("unicorn.workers", this, (binding) -> binding.count(state))
					.tag("state", state)
					.description("Number of worker processes of the pool in this state")
					.register(this.registry));
			gauge("unicorn.workers.target", "Number of worker processes that the pool aims at", PoolSnapshot::target);
			gauge("unicorn.requests.in.flight", "Requests that the workers of the pool are serving",
					PoolFigures::requestsInFlight);
			seconds("unicorn.worker.boot.time", "Time from the spawn until it was ready, of the newest ready worker",
					PoolFigures::bootSeconds);
			seconds("unicorn.worker.exit.age", "Time since the last exit of a worker; NaN if none has exited",
					PoolFigures::exitAgeSeconds);
			counter("unicorn.rollouts", "Roll-outs since the start of the pool", PoolFigures::rollouts);
			gauge("unicorn.rollout.active", "1 while a roll-out is under way, otherwise 0", PoolFigures::rolloutActive);
			gauge("unicorn.rollout.succeeded",
					"1 if the latest roll-out that has ended succeeded, 0 if it did not; NaN if there was none",
					PoolFigures::rolloutSucceeded);
			PoolFigures.EXIT_REASONS.forEach(this::addReason);
		}

		private double count(String state) {
			return value((snapshot) -> PoolFigures.workers(snapshot, state));
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
							(binding) -> binding.total((snapshot) -> PoolFigures.exits(snapshot, reason)))
					.tag("reason", reason)
					.description("Workers that have exited, by exit reason")
					.register(this.registry);
			}
		}

		private void addListener(String listener) {
			if (this.known.add("listener " + listener)) {
				addListener(listener, "unicorn.listener.backlog",
						"Connections that no worker has accepted yet; NaN if they cannot be counted",
						PoolFigures::waiting);
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

}
