package io.unicorn.boot.autoconfigure;

import java.time.Clock;

import io.unicorn.boot.scheduling.LeaderScheduling;
import io.unicorn.boot.scheduling.LeaderTasks;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/**
 * Configures what the leader alone does.
 */
@Configuration(proxyBeanMethods = false)
class LeaderConfiguration {

	@Bean
	LeaderTasks unicornLeaderTasks() {
		return new LeaderTasks(Clock.systemUTC());
	}

	@Bean
	LeaderScheduling unicornFirstScheduling(UnicornProperties properties, LeaderTasks tasks, BeanFactory beans) {
		return new LeaderScheduling(properties.scheduling(), tasks, beans, Ordered.HIGHEST_PRECEDENCE);
	}

	@Bean
	LeaderScheduling unicornLastScheduling(UnicornProperties properties, LeaderTasks tasks, BeanFactory beans) {
		return new LeaderScheduling(properties.scheduling(), tasks, beans, Ordered.LOWEST_PRECEDENCE);
	}

}
