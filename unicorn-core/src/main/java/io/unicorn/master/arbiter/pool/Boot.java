package io.unicorn.master.arbiter.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.unicorn.ipc.Initialization;
import io.unicorn.ipc.Message;
import io.unicorn.launch.settings.PoolSettings;
import org.jspecify.annotations.Nullable;

/**
 * Holds what the arbiter knows of a worker's boot, and decides how long it may take. The
 * first worker of a start has no limit: a long migration is cut off by none, as in one
 * process. In a roll-out, the time of an initialization does not count, up to the
 * migration-timeout. Not thread-safe.
 */
public final class Boot {

	/** Longer than any process lives. */
	private static final Duration UNLIMITED = Duration.ofDays(365);

	private final Initialization initialization;

	private final PoolSettings settings;

	private final Instant spawnedAt;

	private Message.Booting latest = new Message.Booting("", List.of());

	private @Nullable Instant initializingSince;

	/** The time of the initializations that have ended. */
	private Duration initialized = Duration.ZERO;

	private Instant reportDue;

	Boot(Initialization initialization, PoolSettings settings, Instant spawnedAt) {
		this.initialization = initialization;
		this.settings = settings;
		this.spawnedAt = spawnedAt;
		this.reportDue = afterTimeout(spawnedAt);
	}

	/** Return what the worker initializes of that which all workers share. */
	public Initialization initialization() {
		return this.initialization;
	}

	/** Note what the worker does. */
	public void now(Message.Booting booting, Instant now) {
		if (booting.initializing().isEmpty()) {
			this.initialized = initialized(now);
			this.initializingSince = null;
		}
		else if (this.initializingSince == null) {
			this.initializingSince = now;
		}
		this.latest = booting;
	}

	private Duration initialized(Instant now) {
		return (this.initializingSince == null) ? this.initialized
				: this.initialized.plus(Duration.between(this.initializingSince, now));
	}

	/** Return what it initializes now, empty for nothing. */
	public String initializing() {
		return this.latest.initializing();
	}

	/** Return when it must be ready, {@link Instant#MAX} for never. */
	public Instant deadline() {
		if (this.initialization == Initialization.START || this.settings.bootTimeout().isZero()) {
			return Instant.MAX;
		}
		Instant limit = this.spawnedAt.plus(this.settings.bootTimeout());
		if (this.initialization != Initialization.ROLL_OUT) {
			return limit;
		}
		Duration longest = this.settings.migrationTimeout();
		if (this.initializingSince != null) {
			return longest.isZero() ? Instant.MAX : limit.plus(longest);
		}
		boolean cut = !longest.isZero() && this.initialized.compareTo(longest) > 0;
		return limit.plus(cut ? longest : this.initialized);
	}

	/**
	 * Return when to log that it takes long, {@link Instant#MAX} for never: once per
	 * boot-timeout.
	 */
	public Instant reportDue() {
		return this.reportDue;
	}

	/** Return the line of the log that says so, without the subject. */
	public String report(Instant now) {
		this.reportDue = afterTimeout(now);
		StringBuilder line = new StringBuilder("has been booting for ")
			.append(LogFormat.rough(Duration.between(this.spawnedAt, now)))
			.append((this.initialization == Initialization.START)
					? ", and goes on: the first worker of a start has no boot-timeout" : ", and goes on");
		if (!initializing().isEmpty()) {
			line.append("; it runs ").append(initializing());
		}
		if (!this.latest.stack().isEmpty()) {
			line.append("; its main thread is in ").append(String.join(" < ", this.latest.stack()));
		}
		return line.toString();
	}

	private Instant afterTimeout(Instant instant) {
		Duration timeout = this.settings.bootTimeout();
		return timeout.isZero() ? Instant.MAX : instant.plus(timeout);
	}

	/**
	 * Return how long the worker may take to exit without having been ready: as long as
	 * the rest of its initialization, because a migration that is cut off may leave a
	 * lock behind.
	 */
	public Duration timeToExit(Instant now) {
		Duration graceful = this.settings.gracefulTimeout();
		if (this.initializingSince == null) {
			return graceful;
		}
		if (this.settings.migrationTimeout().isZero()) {
			return UNLIMITED;
		}
		Duration rest = this.settings.migrationTimeout().minus(initialized(now));
		return (rest.compareTo(graceful) > 0) ? rest : graceful;
	}

}
