package io.unicorn.boot.scheduling;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.Ordered;
import org.springframework.scheduling.SchedulingAwareRunnable;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.util.ClassUtils;

/**
 * Lets the tasks of {@code @Scheduled} methods and of {@link SchedulingConfigurer}s run
 * in the leader. Tasks that are given to a {@link TaskScheduler} directly are not
 * concerned, because libraries have some that each process needs, such as the heartbeats
 * of STOMP.
 */
public final class LeaderScheduling implements SchedulingConfigurer, Ordered {

	private static final Log logger = LogFactory.getLog(LeaderScheduling.class);

	/** ShedLock decides for each run which process has it. */
	private static final String SHED_LOCK = "net.javacrumbs.shedlock.core.LockProvider";

	private final SchedulingMode mode;

	private final LeaderTasks tasks;

	private final BeanFactory beans;

	private final int order;

	/**
	 * Create a configurer.
	 * @param order the first one concerns tasks that others schedule at once, the last
	 * one a scheduler that others have set
	 */
	public LeaderScheduling(SchedulingMode mode, LeaderTasks tasks, BeanFactory beans, int order) {
		this.mode = mode;
		this.tasks = tasks;
		this.beans = beans;
		this.order = order;
	}

	@Override
	public void configureTasks(ScheduledTaskRegistrar registrar) {
		if (this.mode == SchedulingMode.ALL) {
			return;
		}
		if (isLocked()) {
			if (this.order == Ordered.HIGHEST_PRECEDENCE) {
				logger.info("Scheduled tasks run in every worker, because there is a LockProvider of ShedLock");
			}
			return;
		}
		TaskScheduler scheduler = registrar.getScheduler();
		if (scheduler != null && !(scheduler instanceof LeaderTaskScheduler)) {
			if (!registrar.getScheduledTasks().isEmpty()) {
				logger.warn("A SchedulingConfigurer has set a scheduler of its own and scheduled "
						+ registrar.getScheduledTasks() + " on it at once, which run in every worker. "
						+ "Let it add its tasks (addFixedRateTask and the like) instead");
			}
			registrar.setTaskScheduler(
					new LeaderTaskScheduler(scheduler, this.tasks, (task) -> isConcurrent(scheduler, task)));
		}
	}

	private boolean isLocked() {
		return ClassUtils.isPresent(SHED_LOCK, null)
				&& this.beans.getBeanProvider(ClassUtils.resolveClassName(SHED_LOCK, null))
					.stream()
					.findAny()
					.isPresent();
	}

	/**
	 * Whether a task runs on a scheduler that does not wait for its end, unlike a pool of
	 * threads.
	 */
	private boolean isConcurrent(TaskScheduler scheduler, Runnable task) {
		String qualifier = (task instanceof SchedulingAwareRunnable aware) ? aware.getQualifier() : null;
		Object target = (qualifier != null && this.beans.containsBean(qualifier)) ? this.beans.getBean(qualifier)
				: this.beans.getBeanProvider(TaskScheduler.class).getIfUnique();
		return scheduler instanceof SimpleAsyncTaskScheduler || target instanceof SimpleAsyncTaskScheduler;
	}

	@Override
	public int getOrder() {
		return this.order;
	}

}
