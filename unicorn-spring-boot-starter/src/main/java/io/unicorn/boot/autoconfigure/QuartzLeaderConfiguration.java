package io.unicorn.boot.autoconfigure;

import io.unicorn.boot.scheduling.LeaderJobs;
import org.quartz.Scheduler;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Configures which jobs of Quartz run in the leader alone.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(Scheduler.class)
class QuartzLeaderConfiguration {

	private final ObjectProvider<LeaderJobs> jobs;

	QuartzLeaderConfiguration(ObjectProvider<LeaderJobs> jobs) {
		this.jobs = jobs;
	}

	@Bean
	LeaderJobs unicornLeaderJobs(UnicornProperties properties, ObjectProvider<Scheduler> schedulers) {
		return new LeaderJobs(properties.scheduling(), schedulers);
	}

	/**
	 * Runs after the application's own listeners of this event, and before the worker
	 * serves: what adds triggers later is a request or the like.
	 */
	@EventListener
	@Order(Ordered.LOWEST_PRECEDENCE - 1)
	void ready(ApplicationReadyEvent event) {
		this.jobs.getObject().started();
	}

}
