package io.unicorn.master.arbiter;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.Pool;
import io.unicorn.master.arbiter.pool.Worker;
import io.unicorn.master.arbiter.pool.WorkerState;

/**
 * Decides when the files of workers are compared, to see which ones they share: as soon
 * as two are ready, before much is lost; again when their first requests have opened
 * more, after each worker that becomes ready; and seldom after that.
 */
final class FileComparison {

	static final Duration AFTER_READY = Duration.ofSeconds(10);

	static final Duration SELDOM = Duration.ofHours(1);

	/** Workers have the same configuration, so a few show what all do. */
	private static final int MOST_WORKERS = 4;

	private final Pool pool;

	private final EffectBuffer effects;

	private Instant next = Instant.MIN;

	/** The highest id of a worker that was ready. */
	private long youngest;

	FileComparison(Pool pool, EffectBuffer effects) {
		this.pool = pool;
		this.effects = effects;
	}

	void advance(Instant now) {
		List<Long> ready = this.pool.in(WorkerState.READY).map(Worker::id).sorted().toList();
		if (ready.size() < 2) {
			return;
		}
		if (!now.isBefore(this.next)) {
			this.effects.add(new Effect.CompareFiles(ready.subList(0, Math.min(ready.size(), MOST_WORKERS))));
			this.next = now.plus(SELDOM);
		}
		long newest = ready.get(ready.size() - 1);
		if (newest > this.youngest && now.plus(AFTER_READY).isBefore(this.next)) {
			this.next = now.plus(AFTER_READY);
		}
		this.youngest = Math.max(newest, this.youngest);
	}

	Stream<Instant> deadlines() {
		return (this.pool.ready() < 2) ? Stream.empty() : Stream.of(this.next);
	}

}
