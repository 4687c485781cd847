package io.unicorn.boot.scheduling;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.Trigger;

/**
 * Passes tasks to another scheduler while this worker is the leader.
 */
final class LeaderTaskScheduler implements TaskScheduler {

	private final TaskScheduler scheduler;

	private final LeaderTasks tasks;

	private final Predicate<Runnable> concurrent;

	LeaderTaskScheduler(TaskScheduler scheduler, LeaderTasks tasks, Predicate<Runnable> concurrent) {
		this.scheduler = scheduler;
		this.tasks = tasks;
		this.concurrent = concurrent;
	}

	@Override
	public Clock getClock() {
		return this.scheduler.getClock();
	}

	private ScheduledFuture<?> add(Runnable task, Timing timing) {
		LeaderTask leaderTask = new LeaderTask(task, timing, this.scheduler, this.concurrent.test(task));
		this.tasks.add(leaderTask);
		return leaderTask;
	}

	@Override
	public @Nullable ScheduledFuture<?> schedule(Runnable task, Trigger trigger) {
		return EveryWorkerTask.isOne(task) ? this.scheduler.schedule(task, trigger)
				: add(task, new Timing.Triggered(trigger));
	}

	@Override
	public ScheduledFuture<?> schedule(Runnable task, Instant startTime) {
		return EveryWorkerTask.isOne(task) ? this.scheduler.schedule(task, startTime)
				: add(task, new Timing.Once(startTime));
	}

	@Override
	public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, Instant startTime, Duration period) {
		return EveryWorkerTask.isOne(task) ? this.scheduler.scheduleAtFixedRate(task, startTime, period)
				: add(task, new Timing.Rate(startTime, period));
	}

	@Override
	public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, Duration period) {
		return scheduleAtFixedRate(task, getClock().instant(), period);
	}

	@Override
	public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, Instant startTime, Duration delay) {
		return EveryWorkerTask.isOne(task) ? this.scheduler.scheduleWithFixedDelay(task, startTime, delay)
				: add(task, new Timing.Delay(startTime, delay));
	}

	@Override
	public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, Duration delay) {
		return scheduleWithFixedDelay(task, getClock().instant(), delay);
	}

}
