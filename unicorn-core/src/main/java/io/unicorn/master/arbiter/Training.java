package io.unicorn.master.arbiter;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Effect.Level;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.arbiter.pool.LogFormat;
import io.unicorn.master.arbiter.pool.Pool;
import io.unicorn.master.arbiter.pool.PoolConfiguration;
import io.unicorn.master.arbiter.pool.Worker;
import io.unicorn.master.arbiter.rollout.Rollouts;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a class-data cache is trained for the generation in force. A training
 * costs one more JVM for a while, so it waits until the pool is calm, and is cancelled by
 * a roll-out, an upgrade or a stop. Workers boot without a cache too, so a training that
 * has failed a few times is not repeated.
 */
final class Training {

	/**
	 * How long the pool has to be complete before a training: no worker boots at the same
	 * time then, and no cache is trained for a generation that fails at once.
	 */
	static final Duration CALM = Duration.ofSeconds(10);

	/** When a training is cancelled; under full load, one takes many minutes. */
	static final Duration LONGEST = Duration.ofMinutes(30);

	/** How long a training waits for one of another pool on this machine. */
	static final Duration POSTPONED = Duration.ofSeconds(30);

	static final int MOST_FAILURES = 3;

	private static final Duration FIRST_RETRY = Duration.ofMinutes(1);

	private static final int MOST_LINES = 10;

	private final Pool pool;

	private final PoolConfiguration configuration;

	private final Rollouts rollouts;

	private final Upgrade upgrade;

	private final EffectBuffer effects;

	/** By the key of the cache: generations with the same code share a cache. */
	private final Map<String, Progress> byKey = new HashMap<>();

	/**
	 * The key of the archive of the master's own classes; empty if none is to be made.
	 */
	private String archiveKey = "";

	private @Nullable Instant calmSince;

	/** The key of the cache that is being trained. */
	private @Nullable String current;

	private Instant startedAt = Instant.MIN;

	private boolean cancelled;

	/** The state of one cache. */
	private static final class Progress {

		/** Whether no training follows: the cache exists, or it was given up. */
		boolean over;

		int failures;

		int rejections;

		Instant notBefore = Instant.MIN;

	}

	Training(Pool pool, PoolConfiguration configuration, Rollouts rollouts, Upgrade upgrade, EffectBuffer effects) {
		this.pool = pool;
		this.configuration = configuration;
		this.rollouts = rollouts;
		this.upgrade = upgrade;
		this.effects = effects;
	}

	/** Inspect whether a worker that has become ready uses its cache. */
	void ready(Worker worker) {
		if (!this.configuration.of(worker.generation()).cacheKey().isEmpty()) {
			this.effects.add(new Effect.InspectCache(worker.id()));
		}
	}

	/** Begin a training that is due, and cancel one that disturbs or takes too long. */
	void advance(Instant now) {
		boolean disturbed = this.rollouts.isRunning() || this.upgrade.isUnderWay();
		boolean calm = !disturbed && this.configuration.target() > 0
				&& this.pool.ready() >= this.configuration.target();
		if (!calm) {
			this.calmSince = null;
		}
		else if (this.calmSince == null) {
			this.calmSince = now;
		}
		if (this.current != null) {
			if (disturbed) {
				cancel();
			}
			else if (!this.cancelled && !now.isBefore(this.startedAt.plus(LONGEST))) {
				cancel();
				failed(this.current, "it was not done after " + LogFormat.rough(LONGEST), now);
			}
		}
		else if (!now.isBefore(due())) {
			begin(now);
		}
	}

	private void begin(Instant now) {
		this.current = key();
		this.startedAt = now;
		this.cancelled = false;
		this.effects.add(this.archiveKey.equals(this.current) ? new Effect.MakeArchive()
				: new Effect.TrainCache(this.configuration.generation()));
	}

	/**
	 * Return what is trained next: first the archive, which takes a tenth of the time.
	 */
	private String key() {
		boolean archive = !this.archiveKey.isEmpty() && !progress(this.archiveKey).over;
		return archive ? this.archiveKey : this.configuration.of(this.configuration.generation()).cacheKey();
	}

	private Progress progress(String key) {
		return this.byKey.computeIfAbsent(key, (unused) -> new Progress());
	}

	private Instant due() {
		String key = key();
		if (this.current != null || this.calmSince == null || key.isEmpty() || progress(key).over) {
			return Instant.MAX;
		}
		Instant calm = this.calmSince.plus(CALM);
		Instant allowed = progress(key).notBefore;
		return calm.isAfter(allowed) ? calm : allowed;
	}

	/**
	 * Cancel the training; it is reported as failed, which does not count as a failure.
	 */
	void cancel() {
		if (this.current != null && !this.cancelled) {
			this.cancelled = true;
			this.effects.add(new Effect.CancelTraining());
		}
	}

	// Results

	void on(Event.CacheEvent event, Instant now) {
		if (event instanceof Event.CacheRejected rejected) {
			rejected(rejected);
			return;
		}
		if (event instanceof Event.CacheLost lost) {
			progress(lost.key()).over = false;
			this.effects.log(Level.WARN, "the cache of class data was deleted; another one is trained");
			return;
		}
		if (event instanceof Event.ArchiveWanted wanted) {
			this.archiveKey = wanted.key();
			return;
		}
		if (event instanceof Event.TrainingStarted begun) {
			if (!begun.key().equals(this.archiveKey)) {
				this.effects.log(Level.INFO,
						"training a cache of class data in the background, with which workers will boot faster");
			}
			return;
		}
		String asked = this.current;
		this.current = null;
		if (event instanceof Event.Trained trained) {
			progress(trained.key()).over = true;
			boolean archive = trained.key().equals(this.archiveKey);
			this.effects.log(Level.INFO,
					(archive ? "archive of the master's classes made in " : "cache of class data trained in ")
							+ LogFormat.rough(Duration.between(this.startedAt, now)) + " ("
							+ trained.sizeBytes() / (1 << 20) + " MiB), "
							+ (archive ? "masters start from it" : "workers use it from the next one on"));
		}
		else if (event instanceof Event.CacheFound found) {
			progress(found.key()).over = true;
			if (asked != null) {
				// Its key may have changed with the JDK.
				progress(asked).over = true;
			}
		}
		else if (event instanceof Event.TrainingPostponed postponed) {
			progress(postponed.key()).notBefore = now.plus(POSTPONED);
		}
		else if (event instanceof Event.TrainingFailed failed && !this.cancelled) {
			if (progress(failed.key()).failures == 0) {
				int lines = failed.log().size();
				failed.log()
					.subList(Math.max(0, lines - MOST_LINES), lines)
					.forEach((line) -> this.effects.log(Level.WARN, "| " + line));
			}
			failed(failed.key(), failed.cause(), now);
		}
	}

	private void failed(String key, String cause, Instant now) {
		Progress progress = progress(key);
		progress.failures++;
		String next = "it is not tried again";
		if (progress.failures < MOST_FAILURES) {
			Duration delay = FIRST_RETRY.multipliedBy((long) progress.failures * progress.failures);
			progress.notBefore = now.plus(delay);
			next = "next attempt in " + LogFormat.rough(delay);
		}
		else {
			progress.over = true;
		}
		this.effects.log(Level.WARN, "no cache of class data was trained: " + cause + "; " + next);
	}

	/** Train another cache after the first rejection, none after the second. */
	private void rejected(Event.CacheRejected event) {
		Progress progress = progress(event.key());
		progress.rejections++;
		progress.over = progress.rejections > 1;
		if (progress.rejections <= 2) {
			this.effects.log(Level.WARN, "the cache of class data is dropped, because " + event.cause()
					+ (progress.over ? "; workers boot without one" : "; another one is trained"));
		}
	}

	Stream<Instant> deadlines() {
		return Stream.of((this.current == null) ? due() : this.startedAt.plus(LONGEST));
	}

}
