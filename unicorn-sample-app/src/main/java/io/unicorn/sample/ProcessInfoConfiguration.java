package io.unicorn.sample;

import io.unicorn.boot.PoolWorker;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Chooses the {@link ProcessInfo}. The application also runs without the jars of the
 * starter, because the benchmarks compare a pool with a single process.
 */
@Configuration(proxyBeanMethods = false)
class ProcessInfoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(PoolWorker.class)
	static class WithStarter {

		@Bean
		ProcessInfo processInfo(ObjectProvider<PoolWorker> worker) {
			PoolWorker poolWorker = worker.getIfAvailable();
			return (poolWorker != null) ? new WorkerProcessInfo(poolWorker) : new PlainProcessInfo();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingClass("io.unicorn.boot.PoolWorker")
	static class WithoutStarter {

		@Bean
		ProcessInfo processInfo() {
			return new PlainProcessInfo();
		}

	}

}
