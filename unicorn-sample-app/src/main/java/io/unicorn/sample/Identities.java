package io.unicorn.sample;

import io.unicorn.boot.PoolWorker;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Who this process is. The application runs without the starter too, if its jars are
 * taken out: that is what the benchmarks compare a pool with.
 */
@Configuration(proxyBeanMethods = false)
class Identities {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(PoolWorker.class)
	static class WithStarter {

		@Bean
		WorkerIdentity workerIdentity(ObjectProvider<PoolWorker> worker) {
			PoolWorker poolWorker = worker.getIfAvailable();
			return (poolWorker != null) ? new PoolProcess(poolWorker) : new PlainProcess();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingClass("io.unicorn.boot.PoolWorker")
	static class WithoutStarter {

		@Bean
		WorkerIdentity workerIdentity() {
			return new PlainProcess();
		}

	}

}
