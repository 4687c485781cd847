package io.unicorn.boot.scheduling;

import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.unicorn.boot.EveryWorker;
import io.unicorn.boot.LeadershipGrantedEvent;
import io.unicorn.boot.LeadershipRevokedEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;
import org.quartz.JobListener;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.TriggerListener;
import org.quartz.impl.matchers.GroupMatcher;

import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * The triggers of a scheduler of Quartz that each worker has since its start, because the
 * application declares them. They fire in every worker, which keeps their state, and
 * their jobs run in the leader alone. A trigger that is added later exists in one worker
 * only; its job runs there. Thread-safe.
 */
final class LeaderTriggers implements TriggerListener, JobListener {

	private static final Log logger = LogFactory.getLog(LeaderTriggers.class);

	private static final String NAME = "unicorn";

	/** How often a leader that resigns looks whether its jobs still run. */
	private static final long LOOK_MILLIS = 1000;

	/** One that has fired here, for which no job has run here. */
	private record Vetoed(JobDetail job, Trigger trigger, Instant due) {

	}

	private final Scheduler scheduler;

	/** The last time that each trigger has fired in vain. */
	private final Map<TriggerKey, Vetoed> vetoed = new HashMap<>();

	/** Runs that the next leader waits for. */
	private final Set<String> running = new HashSet<>();

	/** The triggers of each worker, {@code null} while the application adds them. */
	private @Nullable Set<TriggerKey> shared;

	private @Nullable LeadershipGrantedEvent leadership;

	private LeaderTriggers(Scheduler scheduler) {
		this.scheduler = scheduler;
	}

	/** Let the jobs of a scheduler that has not fired yet run in the leader. */
	static LeaderTriggers of(Scheduler scheduler) throws SchedulerException {
		LeaderTriggers triggers = new LeaderTriggers(scheduler);
		scheduler.getListenerManager().addTriggerListener(triggers);
		scheduler.getListenerManager().addJobListener(triggers);
		return triggers;
	}

	/** Triggers that are added from now on exist in this worker only. */
	void started() throws SchedulerException {
		Set<TriggerKey> keys = this.scheduler.getTriggerKeys(GroupMatcher.anyGroup());
		synchronized (this) {
			this.shared = Set.copyOf(keys);
		}
	}

	@Override
	public synchronized boolean vetoJobExecution(Trigger trigger, JobExecutionContext context) {
		JobDetail job = context.getJobDetail();
		if ((this.shared != null && !this.shared.contains(trigger.getKey()))
				|| AnnotatedElementUtils.hasAnnotation(job.getJobClass(), EveryWorker.class)) {
			return false;
		}
		Vetoed fired = new Vetoed(job, trigger, context.getScheduledFireTime().toInstant());
		if (isOfThisLeader(fired)) {
			this.running.add(context.getFireInstanceId());
			return false;
		}
		this.vetoed.put(trigger.getKey(), fired);
		return true;
	}

	private boolean isOfThisLeader(Vetoed fired) {
		LeadershipGrantedEvent event = this.leadership;
		if (event == null) {
			return false;
		}
		String left = event.handOver().get(key(fired.trigger().getKey()));
		Instant otherwise = event.isFirst() ? Instant.MIN : Instant.ofEpochMilli(event.getTimestamp());
		return !fired.due().isBefore((left != null) ? Instant.parse(left) : otherwise);
	}

	private String key(TriggerKey trigger) {
		return TaskName.key("unicorn.job.", trigger.toString());
	}

	/**
	 * Run the jobs from now on, and once each of those that were due since the leader
	 * before has ended.
	 */
	void begin(LeadershipGrantedEvent event) throws SchedulerException {
		Map<Trigger, JobDetail> missed = new HashMap<>();
		synchronized (this) {
			this.leadership = event;
			for (Vetoed fired : List.copyOf(this.vetoed.values())) {
				if (isOfThisLeader(fired)) {
					Trigger once = once(fired);
					missed.put(once, fired.job());
					this.running.add(once.getKey().toString());
				}
			}
			this.vetoed.clear();
		}
		for (Map.Entry<Trigger, JobDetail> run : missed.entrySet()) {
			if (this.scheduler.checkExists(run.getValue().getKey())) {
				this.scheduler.scheduleJob(run.getKey());
			}
			else {
				// A job that is not durable is gone with its last trigger.
				this.scheduler.scheduleJob(run.getValue(), run.getKey());
			}
		}
	}

	private static Trigger once(Vetoed fired) {
		return TriggerBuilder.newTrigger()
			.withIdentity(fired.trigger().getKey().toString(), NAME)
			.forJob(fired.job())
			.usingJobData(fired.trigger().getJobDataMap())
			.startNow()
			.build();
	}

	/**
	 * Begin no job from now on, wait for those that run, and leave to the next leader
	 * from when on it runs those of each trigger.
	 */
	void end(LeadershipRevokedEvent event) throws SchedulerException, InterruptedException {
		Set<TriggerKey> triggers;
		synchronized (this) {
			this.leadership = null;
			Set<String> before = Set.of();
			while (!this.running.isEmpty()) {
				wait(LOOK_MILLIS);
				before = dropEnded(before);
			}
			triggers = (this.shared != null) ? Set.copyOf(this.shared) : Set.of();
		}
		for (TriggerKey trigger : triggers) {
			Instant due = due(trigger);
			if (due != null) {
				event.handOver(key(trigger), due.toString());
			}
		}
	}

	/**
	 * Drop the runs whose end no listener was told of, if they were gone before as well:
	 * one may just have been beginning.
	 * @return the runs that are gone now
	 */
	private synchronized Set<String> dropEnded(Set<String> before) throws SchedulerException {
		Set<String> gone = new HashSet<>(this.running);
		gone.removeAll(alive());
		this.running.removeIf((run) -> gone.contains(run) && before.contains(run));
		return gone;
	}

	/** Return the runs that execute, and those of {@link #begin} that are to come. */
	private Set<String> alive() throws SchedulerException {
		Set<String> alive = new HashSet<>();
		for (JobExecutionContext each : this.scheduler.getCurrentlyExecutingJobs()) {
			alive.add(each.getFireInstanceId());
			alive.add(each.getTrigger().getKey().toString());
		}
		for (TriggerKey once : this.scheduler.getTriggerKeys(GroupMatcher.triggerGroupEquals(NAME))) {
			if (this.scheduler.getTriggerState(once) == Trigger.TriggerState.NORMAL
					&& !this.scheduler.isInStandbyMode()) {
				alive.add(once.toString());
			}
		}
		return alive;
	}

	private @Nullable Instant due(TriggerKey key) throws SchedulerException {
		Trigger trigger = this.scheduler.getTrigger(key);
		synchronized (this) {
			Vetoed fired = this.vetoed.get(key);
			if (fired != null) {
				return fired.due();
			}
		}
		Date next = (trigger != null) ? trigger.getNextFireTime() : null;
		return (next != null) ? next.toInstant() : null;
	}

	private synchronized void ended(JobExecutionContext context) {
		this.running.remove(context.getFireInstanceId());
		this.running.remove(context.getTrigger().getKey().toString());
		notifyAll();
	}

	@Override
	public void jobWasExecuted(JobExecutionContext context, @Nullable JobExecutionException failure) {
		ended(context);
	}

	/** By another listener, perhaps, after this one has not. */
	@Override
	public void jobExecutionVetoed(JobExecutionContext context) {
		ended(context);
		logger.debug("Job " + context.getJobDetail().getKey() + " was due and runs in the leader");
	}

	@Override
	public String getName() {
		return NAME;
	}

	@Override
	public void jobToBeExecuted(JobExecutionContext context) {
	}

	@Override
	public void triggerFired(Trigger trigger, JobExecutionContext context) {
	}

	@Override
	public void triggerMisfired(Trigger trigger) {
	}

	@Override
	public void triggerComplete(Trigger trigger, JobExecutionContext context,
			Trigger.CompletedExecutionInstruction instruction) {
	}

}
