package io.unicorn.master.arbiter.rollout;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

import io.unicorn.master.arbiter.pool.BootPriority;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.LogFormat;
import io.unicorn.master.arbiter.pool.PoolConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * Lets the master prepare the new generation of a roll-out, and limits the time of that:
 * it has the boot-timeout, and the normal priority after a part of it.
 */
final class Preparation {

	private final PoolConfiguration configuration;

	private final EffectBuffer effects;

	Preparation(PoolConfiguration configuration, EffectBuffer effects) {
		this.configuration = configuration;
		this.effects = effects;
	}

	void begin(Rollout rollout) {
		this.effects.add(new Effect.Prepare(rollout.to()));
	}

	void cancel(Rollout rollout) {
		this.effects.add(new Effect.CancelPreparation(rollout.to()));
	}

	/**
	 * Raise the priority or cancel the preparation when it takes too long.
	 * @return why it was cancelled, {@code null} if it was not
	 */
	@Nullable String advance(Rollout rollout, Instant now) {
		if (!now.isBefore(priorityRaisedAt(rollout))) {
			rollout.priorityRaised();
			this.effects.add(new Effect.RaisePreparationPriority(rollout.to()));
		}
		if (now.isBefore(deadline(rollout))) {
			return null;
		}
		cancel(rollout);
		return "the new code did not read its configuration within the boot-timeout of "
				+ LogFormat.rough(this.configuration.settings().bootTimeout());
	}

	Stream<Instant> deadlines(Rollout rollout) {
		return Stream.of(priorityRaisedAt(rollout), deadline(rollout));
	}

	private Instant priorityRaisedAt(Rollout rollout) {
		return rollout.isPriorityRaised() ? Instant.MAX
				: rollout.startedAt().plus(BootPriority.longest(this.configuration.settings()));
	}

	private Instant deadline(Rollout rollout) {
		Duration timeout = this.configuration.settings().bootTimeout();
		return timeout.isZero() ? Instant.MAX : rollout.startedAt().plus(timeout);
	}

}
