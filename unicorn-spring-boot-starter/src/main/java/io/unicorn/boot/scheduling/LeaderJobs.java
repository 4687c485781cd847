package io.unicorn.boot.scheduling;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.unicorn.boot.LeadershipGrantedEvent;
import io.unicorn.boot.LeadershipRevokedEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.simpl.RAMJobStore;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationEvent;

/**
 * Lets the jobs of Quartz run in the leader alone if each worker keeps them in its
 * memory. A scheduler with another store shares it with those of the other workers, and
 * runs each job in one of them by itself.
 */
public final class LeaderJobs implements SmartInitializingSingleton, LeadershipListener {

	private static final Log logger = LogFactory.getLog(LeaderJobs.class);

	private final SchedulingMode mode;

	private final ObjectProvider<Scheduler> schedulers;

	private final List<LeaderTriggers> triggers = new CopyOnWriteArrayList<>();

	/**
	 * Create for the schedulers of an application.
	 */
	public LeaderJobs(SchedulingMode mode, ObjectProvider<Scheduler> schedulers) {
		this.mode = mode;
		this.schedulers = schedulers;
	}

	/** Schedulers start after this. */
	@Override
	public void afterSingletonsInstantiated() {
		if (this.mode == SchedulingMode.ALL) {
			return;
		}
		this.schedulers.forEach((scheduler) -> {
			try {
				if (RAMJobStore.class.isAssignableFrom(scheduler.getMetaData().getJobStoreClass())) {
					this.triggers.add(LeaderTriggers.of(scheduler));
				}
			}
			catch (SchedulerException ex) {
				logger.warn("The jobs of a scheduler of Quartz run in every worker, because it has no listeners", ex);
			}
		});
	}

	/** Take the triggers that there are for those of each worker. */
	public void started() {
		for (LeaderTriggers each : this.triggers) {
			try {
				each.started();
			}
			catch (SchedulerException ex) {
				throw new IllegalStateException("Quartz does not tell its triggers", ex);
			}
		}
	}

	@Override
	public void onApplicationEvent(ApplicationEvent event) {
		try {
			for (LeaderTriggers each : this.triggers) {
				if (event instanceof LeadershipGrantedEvent granted) {
					each.begin(granted);
				}
				else if (event instanceof LeadershipRevokedEvent revoked) {
					each.end(revoked);
				}
			}
		}
		catch (SchedulerException ex) {
			throw new IllegalStateException("Quartz does not hand its jobs over", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
