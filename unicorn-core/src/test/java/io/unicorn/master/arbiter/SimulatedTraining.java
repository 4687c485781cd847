package io.unicorn.master.arbiter;

import java.time.Duration;
import java.util.List;

import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Event;

/**
 * The training of class-data caches in a {@link SimulatedPool}: succeeds or fails as the
 * script says.
 */
final class SimulatedTraining {

	private final SimulatedPool pool;

	/** The key of the cache that is being trained, empty if none is. */
	private String key = "";

	private boolean cancelled;

	/** Counts the trainings, so that the end of an earlier one is ignored. */
	private int number;

	SimulatedTraining(SimulatedPool pool) {
		this.pool = pool;
	}

	/** Whether a training has begun and its result has not been reported. */
	boolean isBegun() {
		return !this.key.isEmpty();
	}

	/** Whether a training is under way that was not cancelled. */
	boolean isUnderWay() {
		return isBegun() && !this.cancelled;
	}

	void perform(Effect.CacheEffect effect) {
		if (effect instanceof Effect.TrainCache train) {
			begin(this.pool.spec(train.generation()).cacheKey());
		}
		else if (effect instanceof Effect.CancelTraining) {
			cancel();
		}
		else if (effect instanceof Effect.InspectCache inspect
				&& this.pool.strikes(this.pool.script().cacheRejections())) {
			this.pool.deliver(new Event.CacheRejected(
					this.pool.spec(this.pool.worker(inspect.id()).generation()).cacheKey(), "the JVM does not use it"));
		}
	}

	private void begin(String trained) {
		if (this.pool.script().trainingIsPostponed()) {
			this.pool.deliver(new Event.TrainingPostponed(trained));
			return;
		}
		this.key = trained;
		this.cancelled = false;
		int begun = ++this.number;
		this.pool.deliver(new Event.TrainingStarted(trained));
		Event.CacheEvent result = this.pool.strikes(this.pool.script().trainingFailures())
				? new Event.TrainingFailed(trained, "the training failed with exit code 1", List.of("Error: no memory"))
				: new Event.Trained(trained, 60 << 20);
		if (!this.pool.script().trainingHangs()) {
			this.pool.after(this.pool.between(5000, 20_000), () -> {
				if (begun == this.number && !this.cancelled) {
					end();
					this.pool.deliver(result);
				}
			});
		}
	}

	private void cancel() {
		this.cancelled = true;
		Event failed = new Event.TrainingFailed(this.key, "the training was killed by signal 9", List.of());
		this.pool.after(Duration.ofMillis(1), () -> {
			if (this.cancelled) {
				end();
				this.pool.deliver(failed);
			}
		});
	}

	/** End the training without a result, as the end of the master does. */
	void end() {
		this.key = "";
		this.cancelled = false;
		this.number++;
	}

}
