package io.unicorn.master.arbiter.rollout;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

import io.unicorn.ipc.Message;
import io.unicorn.master.arbiter.pool.BacklogDrain;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.arbiter.pool.ExitReason;
import io.unicorn.master.arbiter.pool.Pool;
import io.unicorn.master.arbiter.pool.PoolConfiguration;
import io.unicorn.master.arbiter.pool.Worker;
import io.unicorn.master.arbiter.pool.WorkerState;
import org.jspecify.annotations.Nullable;

/**
 * Retires the addresses that only one of the two generations of a roll-out uses. The last
 * worker that accepts from such an address stays until its backlog is drained, and new
 * connections are blocked meanwhile. Not thread-safe.
 */
final class AddressRetirement {

	private final Pool pool;

	private final PoolConfiguration configuration;

	private final EffectBuffer effects;

	private @Nullable BacklogDrain drain;

	AddressRetirement(Pool pool, PoolConfiguration configuration, EffectBuffer effects) {
		this.pool = pool;
		this.configuration = configuration;
		this.effects = effects;
	}

	/**
	 * Admit connections on the addresses that a new generation adds. An earlier roll-out
	 * may have blocked one of them whose listener is still open for workers that drain.
	 */
	void admitAdded(Rollout rollout) {
		Set<String> added = new HashSet<>(this.configuration.of(rollout.to()).addresses());
		added.removeAll(this.configuration.of(rollout.from()).addresses());
		if (!added.isEmpty()) {
			this.effects.add(new Effect.AdmitNewConnections(added));
			this.drain = null;
		}
	}

	/**
	 * Whether a worker may be drained now: it is not the last one of its generation, it
	 * accepts from no address that is given up, or the backlog is drained.
	 */
	boolean mayLeave(Worker worker, Rollout rollout, Instant now) {
		Set<String> givenUp = givenUp(worker, rollout);
		boolean last = this.pool.in(WorkerState.READY)
			.noneMatch((other) -> other != worker && other.generation() == worker.generation());
		if (!last || givenUp.isEmpty()) {
			return true;
		}
		if (this.drain == null) {
			this.drain = new BacklogDrain(givenUp, now, worker.settings().gracefulTimeout().dividedBy(2));
			this.effects.add(new Effect.BlockNewConnections(givenUp));
			this.effects.send(worker, new Message.EndConnections());
		}
		if (this.drain.isOver(now)) {
			this.drain.logAbandoned(this.effects, now);
			return true;
		}
		if (this.drain.isCountDue(now)) {
			this.effects.add(new Effect.CountBacklog(givenUp));
		}
		return false;
	}

	private Set<String> givenUp(Worker worker, Rollout rollout) {
		Set<String> givenUp = new HashSet<>(this.configuration.of(worker.generation()).addresses());
		givenUp.removeAll(this.configuration.of(this.configuration.generation()).addresses());
		if (rollout.to() != worker.generation() && this.configuration.generations().contains(rollout.to())) {
			// A worker of a failed generation may accept from the addresses of the next.
			givenUp.removeAll(this.configuration.of(rollout.to()).addresses());
		}
		return givenUp;
	}

	/**
	 * Admit connections again on the addresses that were being retired, because their
	 * generation comes back. Its last worker closes each connection after one response
	 * from now on, so it is replaced.
	 */
	void cancel(int generation) {
		if (this.drain != null) {
			this.effects.add(new Effect.AdmitNewConnections(this.drain.addresses()));
			this.drain = null;
			this.pool.in(WorkerState.READY)
				.filter((worker) -> worker.generation() == generation)
				.forEach((worker) -> worker.retire(new Message.Retire(ExitReason.ROLLED_BACK, "")));
		}
	}

	/** Note how many connections wait. */
	void counted(Event.BacklogCounted event, Instant now) {
		if (this.drain != null) {
			this.drain.count(event, now);
		}
	}

	/** Note that the roll-out has ended. */
	void end() {
		this.drain = null;
	}

	/** Return when {@link #mayLeave} may return another result. */
	Stream<Instant> deadlines() {
		return (this.drain != null) ? Stream.of(this.drain.due()) : Stream.empty();
	}

}
