package io.unicorn.boot.scheduling;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.unicorn.boot.EveryWorker;
import io.unicorn.boot.LeadershipGrantedEvent;
import io.unicorn.boot.LeadershipRevokedEvent;
import io.unicorn.boot.PoolWorker;
import io.unicorn.worker.TestAgents;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.SchedulerMetaData;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.impl.jdbcjobstore.JobStoreTX;
import org.quartz.impl.matchers.GroupMatcher;
import org.quartz.listeners.TriggerListenerSupport;

import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.support.StaticListableBeanFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;

/**
 * Workers of a pool with the same triggers, each with a scheduler of Quartz.
 */
class LeaderJobsTests {

	private final TestAgents master = new TestAgents();

	private final PoolWorker source = new PoolWorker(this.master.agent());

	private final List<Worker> workers = new ArrayList<>();

	@AfterEach
	void close() throws SchedulerException {
		for (Worker worker : this.workers) {
			worker.scheduler.shutdown();
		}
		this.master.close();
	}

	/** One worker, the triggers that have fired there, and the runs of its jobs. */
	private final class Worker {

		final List<String> fired = new CopyOnWriteArrayList<>();

		final List<String> runs = new CopyOnWriteArrayList<>();

		final Scheduler scheduler;

		private final LeaderJobs jobs;

		Worker(Trigger... triggers) throws SchedulerException {
			this(Noting.class, triggers);
		}

		Worker(Class<? extends Job> type, Trigger... triggers) throws SchedulerException {
			LeaderJobsTests.this.workers.add(this);
			Properties properties = new Properties();
			properties.setProperty("org.quartz.scheduler.instanceName", "worker" + LeaderJobsTests.this.workers.size());
			properties.setProperty("org.quartz.threadPool.threadCount", "2");
			this.scheduler = new StdSchedulerFactory(properties).getScheduler();
			this.scheduler
				.setJobFactory((bundle, scheduler) -> BeanUtils.instantiateClass(bundle.getJobDetail().getJobClass()));
			this.scheduler.getContext().put("worker", this);
			this.jobs = jobs(SchedulingMode.LEADER, this.scheduler);
			this.scheduler.getListenerManager().addTriggerListener(new TriggerListenerSupport() {

				@Override
				public String getName() {
					return "fired";
				}

				@Override
				public void triggerFired(Trigger trigger, JobExecutionContext context) {
					Worker.this.fired.add(trigger.getKey().getName());
				}

			});
			for (Trigger trigger : triggers) {
				add(type, trigger);
			}
			this.scheduler.start();
		}

		void add(Class<? extends Job> type, Trigger trigger) throws SchedulerException {
			this.scheduler.scheduleJob(JobBuilder.newJob(type).withIdentity(trigger.getKey().getName()).build(),
					trigger);
		}

		void grant(boolean first, Map<String, String> handOver) {
			this.jobs.started();
			this.jobs.onApplicationEvent(new LeadershipGrantedEvent(LeaderJobsTests.this.source, first, handOver));
		}

		Map<String, String> revoke() {
			LeadershipRevokedEvent event = new LeadershipRevokedEvent(LeaderJobsTests.this.source);
			this.jobs.onApplicationEvent(event);
			return event.handOver();
		}

	}

	private static void awaitOne(List<String> names, String name) {
		Awaitility.await(name).until(() -> names.contains(name));
	}

	private static void awaitMore(List<String> names) {
		int before = names.size();
		Awaitility.await().until(() -> names.size() >= before + 3);
	}

	private static LeaderJobs jobs(SchedulingMode mode, Scheduler scheduler) {
		StaticListableBeanFactory beans = new StaticListableBeanFactory(Map.of("quartzScheduler", scheduler));
		LeaderJobs jobs = new LeaderJobs(mode, beans.getBeanProvider(Scheduler.class));
		jobs.afterSingletonsInstantiated();
		return jobs;
	}

	/** Notes that it has run, in the worker. */
	static class Noting implements Job {

		@Override
		public void execute(JobExecutionContext context) {
			try {
				((Worker) context.getScheduler().getContext().get("worker")).runs
					.add(context.getJobDetail().getKey().getName());
			}
			catch (SchedulerException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	@EveryWorker
	static class Everywhere extends Noting {

	}

	/** Runs until it may end. */
	static class Lasting implements Job {

		static final CountDownLatch BEGUN = new CountDownLatch(1);

		static final CountDownLatch END = new CountDownLatch(1);

		@Override
		public void execute(JobExecutionContext context) {
			BEGUN.countDown();
			try {
				END.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	private static Trigger often(String name) {
		return TriggerBuilder.newTrigger()
			.withIdentity(name)
			.withSchedule(SimpleScheduleBuilder.repeatSecondlyForever().withIntervalInMilliseconds(20))
			.build();
	}

	private static Trigger once(String name, Instant due) {
		return TriggerBuilder.newTrigger().withIdentity(name).startAt(Date.from(due)).build();
	}

	@Test
	void theLeaderAloneRunsAJob() throws Exception {
		Worker one = new Worker(often("job"));
		Worker two = new Worker(often("job"));
		awaitMore(one.fired);
		assertThat(one.runs).isEmpty();
		one.grant(true, Map.of());
		awaitMore(one.runs);
		Map<String, String> left = one.revoke();
		int before = one.runs.size();
		two.grant(false, left);
		awaitMore(two.runs);
		awaitMore(one.fired);
		assertThat(one.runs).hasSize(before);
	}

	@Test
	void theFirstLeaderRunsWhatWasDueBeforeItWasAppointed() throws Exception {
		Worker worker = new Worker(once("job", Instant.now()));
		awaitOne(worker.fired, "job");
		Awaitility.await().until(() -> worker.scheduler.getTriggerKeys(GroupMatcher.anyGroup()).isEmpty());
		worker.grant(true, Map.of());
		awaitOne(worker.runs, "job");
		worker.add(Noting.class, once("last", Instant.now()));
		awaitOne(worker.runs, "last");
		assertThat(worker.runs).containsExactly("job", "last");
	}

	@Test
	void theNextLeaderRunsWhatWasDueDuringTheHandOverOnce() throws Exception {
		Instant due = Instant.now();
		Worker one = new Worker();
		one.scheduler.standby();
		one.add(Noting.class, once("job", due));
		Worker two = new Worker(once("before", due.minusMillis(1)), once("job", due));
		one.grant(true, Map.of());
		Map<String, String> left = one.revoke();
		assertThat(left).hasSize(1);
		one.scheduler.start();
		awaitOne(one.fired, "job");
		awaitOne(two.fired, "before");
		awaitOne(two.fired, "job");
		two.grant(false, left);
		awaitOne(two.runs, "job");
		two.add(Noting.class, once("last", Instant.now()));
		awaitOne(two.runs, "last");
		assertThat(two.runs).containsExactly("job", "last");
		assertThat(one.runs).isEmpty();
	}

	@Test
	void afterACrashNothingIsRunAgain() throws Exception {
		Worker worker = new Worker(once("job", Instant.now()), often("ticks"));
		awaitOne(worker.fired, "job");
		awaitMore(worker.fired);
		worker.grant(false, Map.of());
		awaitMore(worker.runs);
		assertThat(worker.runs).doesNotContain("job");
	}

	@Test
	void aLeaderThatResignsWaitsForItsJobs() throws Exception {
		Worker worker = new Worker(Lasting.class, once("job", Instant.now()));
		worker.grant(true, Map.of());
		assertThat(Lasting.BEGUN.await(10, TimeUnit.SECONDS)).isTrue();
		CompletableFuture<Map<String, String>> resigned = CompletableFuture.supplyAsync(worker::revoke);
		worker.add(Noting.class, once("meanwhile", Instant.now()));
		awaitOne(worker.runs, "meanwhile");
		assertThat(resigned).isNotDone();
		Lasting.END.countDown();
		assertThat(resigned.get(10, TimeUnit.SECONDS)).isEmpty();
	}

	@Test
	void aTriggerThatIsAddedLaterRunsWhereItIs() throws Exception {
		Worker worker = new Worker();
		worker.jobs.started();
		worker.add(Noting.class, once("request", Instant.now()));
		awaitOne(worker.runs, "request");
	}

	@Test
	void aJobMayRunInEveryWorker() throws Exception {
		Worker worker = new Worker(Everywhere.class, often("job"));
		awaitMore(worker.runs);
	}

	@Test
	void aSchedulerWhoseStoreIsSharedIsLeftAlone() throws Exception {
		Scheduler scheduler = mock(Scheduler.class);
		given(scheduler.getMetaData()).willReturn(new SchedulerMetaData("name", "id", Scheduler.class, false, false,
				false, false, null, 0, JobStoreTX.class, true, true, Object.class, 1, "version"));
		jobs(SchedulingMode.LEADER, scheduler);
		verify(scheduler, never()).getListenerManager();
	}

	@Test
	void allWorkersRunThemIfTheApplicationSaysSo() {
		Scheduler scheduler = mock(Scheduler.class);
		jobs(SchedulingMode.ALL, scheduler).started();
		verifyNoInteractions(scheduler);
	}

}
