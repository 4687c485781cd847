package io.unicorn.boot.autoconfigure;

import io.unicorn.boot.PoolDrain;
import io.unicorn.boot.PoolListeners;
import io.unicorn.worker.WorkerAgent;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration of what applications use that run further servers. The beans exist
 * in every process, so that such an application starts without a pool as well. Its
 * methods are static, so that the beans stay in an application that was processed ahead
 * of time and is no worker.
 */
@AutoConfiguration
public final class UnicornListenersAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	static PoolDrain unicornPoolDrain(ObjectProvider<WorkerAgent> agent) {
		return new PoolDrain(agent.getIfAvailable());
	}

	@Bean
	@ConditionalOnMissingBean
	static PoolListeners unicornPoolListeners(PoolDrain drain, ObjectProvider<WorkerAgent> agent,
			Environment environment) {
		return new PoolListeners(drain, agent.getIfAvailable() != null, environment);
	}

}
