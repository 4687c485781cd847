package io.unicorn.master;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

import io.unicorn.master.Effect.Level;
import org.jspecify.annotations.Nullable;

/**
 * When a cache of class data is made for the generation in force. It costs one more JVM
 * for a while, so it waits until the pool is calm, and gives way to everything that is
 * more important. A cache is a gain and never a condition: what fails a few times is left
 * alone.
 */
final class Training {

	/**
	 * How long the pool has to be complete, so that nobody else boots meanwhile, and a
	 * generation that fails at once is not worth it.
	 */
	static final Duration CALM = Duration.ofSeconds(10);

	/** In the background of a pool under full load it takes many minutes. */
	static final Duration LONGEST = Duration.ofMinutes(30);

	/** When to look again whether another pool of this machine is done. */
	static final Duration OTHERS = Duration.ofSeconds(30);

	static final int MOST_FAILURES = 3;

	private static final Duration FIRST_RETRY = Duration.ofMinutes(1);

	private static final int MOST_LINES = 10;

	private final Pool pool;

	private final Configuration configuration;

	private final Rollouts rollouts;

	private final Upgrade upgrade;

	private final Orders orders;

	/** By the key of the cache: generations of the same code share one. */
	private final Map<String, Progress> byKey = new HashMap<>();

	/** Of the archive of the master's own classes; empty if none is to be made. */
	private String archiveKey = "";

	private @Nullable Instant calmSince;

	/** What is being trained. */
	private @Nullable String current;

	private Instant startedAt = Instant.MIN;

	private boolean cancelled;

	/** How far one cache has got. */
	private static final class Progress {

		/** Nothing is to be done, because it is there or will never be. */
		boolean over;

		int failures;

		int rejections;

		Instant notBefore = Instant.MIN;

	}

	Training(Pool pool, Configuration configuration, Rollouts rollouts, Upgrade upgrade, Orders orders) {
		this.pool = pool;
		this.configuration = configuration;
		this.rollouts = rollouts;
		this.upgrade = upgrade;
		this.orders = orders;
	}

	/** A worker has become ready; if it was to use a cache, it does by now. */
	void ready(Worker worker) {
		if (!this.configuration.of(worker.generation).cacheKey().isEmpty()) {
			this.orders.add(new Effect.InspectCache(worker.id));
		}
	}

	/** Begin what is due, and give up what is in the way. */
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
				failed(this.current, "it was not done after " + Phrases.rough(LONGEST), now);
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
		this.orders.add(this.archiveKey.equals(this.current) ? new Effect.MakeArchive()
				: new Effect.Train(this.configuration.generation()));
	}

	/** The archive comes first: it takes a tenth of the time. */
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

	/** Give up what runs; it is reported as failed, and that does not count. */
	void cancel() {
		if (this.current != null && !this.cancelled) {
			this.cancelled = true;
			this.orders.add(new Effect.CancelTraining());
		}
	}

	// What becomes of it

	void on(Event.OfCache event, Instant now) {
		if (event instanceof Event.CacheRejected rejected) {
			rejected(rejected);
			return;
		}
		if (event instanceof Event.ArchiveWanted wanted) {
			this.archiveKey = wanted.key();
			return;
		}
		if (event instanceof Event.TrainingBegun begun) {
			if (!begun.key().equals(this.archiveKey)) {
				this.orders.tell(Level.INFO,
						"training a cache of class data in the background, with which workers will boot faster");
			}
			return;
		}
		this.current = null;
		if (event instanceof Event.Trained trained) {
			progress(trained.key()).over = true;
			boolean archive = trained.key().equals(this.archiveKey);
			this.orders.tell(Level.INFO,
					(archive ? "archive of the master's classes made in " : "cache of class data trained in ")
							+ Phrases.rough(Duration.between(this.startedAt, now)) + " ("
							+ Phrases.grouped(trained.sizeBytes() / (1 << 20)) + " MiB), "
							+ (archive ? "masters start from it" : "workers use it from the next one on"));
		}
		else if (event instanceof Event.CacheFound found) {
			progress(found.key()).over = true;
		}
		else if (event instanceof Event.TrainingPostponed postponed) {
			progress(postponed.key()).notBefore = now.plus(OTHERS);
		}
		else if (event instanceof Event.TrainingFailed failed && !this.cancelled) {
			if (progress(failed.key()).failures == 0) {
				int lines = failed.log().size();
				failed.log()
					.subList(Math.max(0, lines - MOST_LINES), lines)
					.forEach((line) -> this.orders.tell(Level.WARN, "| " + line));
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
			next = "next attempt in " + Phrases.rough(delay);
		}
		else {
			progress.over = true;
		}
		this.orders.tell(Level.WARN, "no cache of class data was trained: " + cause + "; " + next);
	}

	/** The first time, another one may help. */
	private void rejected(Event.CacheRejected event) {
		Progress progress = progress(event.key());
		progress.rejections++;
		progress.over = progress.rejections > 1;
		if (progress.rejections <= 2) {
			this.orders.tell(Level.WARN, "the cache of class data is dropped, because " + event.cause()
					+ (progress.over ? "; workers boot without one" : "; another one is trained"));
		}
	}

	Stream<Instant> deadlines() {
		return Stream.of((this.current == null) ? due() : this.startedAt.plus(LONGEST));
	}

}
