package io.unicorn.boot.bootstrap;

import java.util.concurrent.ThreadLocalRandom;

import io.unicorn.boot.autoconfigure.UnicornProperties;
import io.unicorn.boot.autoconfigure.UnicornPropertiesBinder;
import io.unicorn.boot.PoolMessaging;
import io.unicorn.boot.messaging.cache.SharedEvictions;
import io.unicorn.boot.once.ContextPreparation;
import io.unicorn.worker.RequestLedger;
import io.unicorn.worker.WorkerAgent;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.core.env.Environment;

/**
 * Starts the agent of a worker as soon as the worker's configuration is known: reports
 * the configuration to the master, begins to send heartbeats, and registers the agent as
 * a bean of the context that is built next.
 */
final class WorkerStart {

	private WorkerStart() {
	}

	static void begin(WorkerAgent agent, ConfigurableBootstrapContext bootstrapContext, Environment environment) {
		RequestLedger former = agent.resume();
		RequestLedger requests = (former != null) ? former : greet(agent, environment);
		bootstrapContext.addCloseListener((event) -> {
			ConfigurableListableBeanFactory beans = event.getApplicationContext().getBeanFactory();
			beans.registerSingleton("unicornWorkerAgent", agent);
			beans.registerSingleton("unicornRequestLedger", requests);
			UnicornProperties properties = UnicornPropertiesBinder.bind(environment);
			ContextPreparation.prepare(beans, agent, properties.initialization(), properties.runners());
			if (properties.share().evictions()) {
				beans.addBeanPostProcessor(new SharedEvictions(beans.getBeanProvider(PoolMessaging.class)));
			}
		});
	}

	private static RequestLedger greet(WorkerAgent agent, Environment environment) {
		UnicornProperties properties = UnicornPropertiesBinder.bind(environment);
		long limit = requestLimit(properties);
		RequestLedger requests = new RequestLedger(limit,
				() -> agent.retire("max-requests", "served " + limit + " requests"));
		agent.hello(UnicornPropertiesBinder.poolSettings(properties, environment).toMap(), properties.timeout(),
				requests);
		return requests;
	}

	private static long requestLimit(UnicornProperties properties) {
		long jitter = properties.maxRequestsJitter();
		return (properties.maxRequests() == 0) ? 0
				: properties.maxRequests() + ((jitter > 0) ? ThreadLocalRandom.current().nextLong(jitter + 1) : 0);
	}

}
