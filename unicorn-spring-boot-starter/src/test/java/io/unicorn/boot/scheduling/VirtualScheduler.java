package io.unicorn.boot.scheduling;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.Trigger;

/**
 * Runs tasks under a clock that a test turns. Several workers of a pool may share it.
 */
@SuppressWarnings("FutureReturnValueIgnored")
final class VirtualScheduler extends Clock implements TaskScheduler {

	private final List<Entry> entries = new ArrayList<>();

	private Instant now;

	VirtualScheduler(Instant now) {
		this.now = now;
	}

	/** Let time pass, and run what is due. */
	void run(Duration duration) {
		Instant end = this.now.plus(duration);
		while (true) {
			Entry next = this.entries.stream()
				.filter((entry) -> !entry.at.isAfter(end))
				.min(Comparator.comparing((entry) -> entry.at))
				.orElse(null);
			if (next == null) {
				break;
			}
			this.entries.remove(next);
			if (!next.isCancelled()) {
				this.now = next.at.isAfter(this.now) ? next.at : this.now;
				next.task.run();
			}
		}
		this.now = end.isAfter(this.now) ? end : this.now;
	}

	/** Let time pass within a task. */
	void take(Duration duration) {
		this.now = this.now.plus(duration);
	}

	@Override
	public ScheduledFuture<?> schedule(Runnable task, Instant startTime) {
		Entry entry = new Entry(startTime, task);
		this.entries.add(entry);
		return entry;
	}

	@Override
	public ScheduledFuture<?> schedule(Runnable task, Trigger trigger) {
		throw new UnsupportedOperationException();
	}

	@Override
	public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, Instant startTime, Duration period) {
		return schedule(() -> {
			task.run();
			scheduleAtFixedRate(task, startTime.plus(period), period);
		}, startTime);
	}

	@Override
	public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, Duration period) {
		throw new UnsupportedOperationException();
	}

	@Override
	public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, Instant startTime, Duration delay) {
		throw new UnsupportedOperationException();
	}

	@Override
	public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, Duration delay) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Clock getClock() {
		return this;
	}

	@Override
	public Instant instant() {
		return this.now;
	}

	@Override
	public ZoneId getZone() {
		return ZoneOffset.UTC;
	}

	@Override
	public Clock withZone(ZoneId zone) {
		return this;
	}

	private final class Entry extends CompletableFuture<Object> implements ScheduledFuture<Object> {

		private final Instant at;

		private final Runnable task;

		Entry(Instant at, Runnable task) {
			this.at = at;
			this.task = task;
		}

		@Override
		public long getDelay(TimeUnit unit) {
			return unit.convert(Duration.between(VirtualScheduler.this.now, this.at));
		}

		@Override
		public int compareTo(Delayed other) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Object get() throws InterruptedException, ExecutionException {
			throw new UnsupportedOperationException();
		}

	}

}
