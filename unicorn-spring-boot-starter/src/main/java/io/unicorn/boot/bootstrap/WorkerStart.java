package io.unicorn.boot.bootstrap;

import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

import io.unicorn.boot.autoconfigure.UnicornProperties;
import io.unicorn.boot.autoconfigure.UnicornPropertiesBinder;
import io.unicorn.worker.RequestLedger;
import io.unicorn.worker.WorkerAgent;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.core.env.Environment;

/**
 * What a worker does as soon as its configuration is known: it tells the master what it
 * found, begins to send heartbeats, and puts what its context needs into it.
 */
final class WorkerStart {

	private WorkerStart() {
	}

	static void begin(WorkerAgent agent, ConfigurableBootstrapContext bootstrapContext, Environment environment,
			ClassLoader classLoader) {
		UnicornProperties properties = UnicornPropertiesBinder.bind(environment);
		Premises told = bootstrapContext.getOrElse(Premises.class, null);
		if (told != null && !told.equalsButForLog(Premises.of(environment, classLoader))) {
			// The master listens where this worker has said that it is to, and forgets
			// it.
			throw new IllegalStateException("The configuration was changed after all EnvironmentPostProcessors had "
					+ "run, and was not when the application was started before. Start it again.");
		}
		long limit = requestLimit(properties);
		RequestLedger requests = new RequestLedger(limit, () -> agent.retire("max-requests",
				"served " + String.format(Locale.ROOT, "%,d", limit).replace(',', ' ') + " requests"));
		agent.hello(UnicornPropertiesBinder.poolSettings(properties, environment).toMap(), properties.timeout(),
				requests);
		bootstrapContext.addCloseListener((event) -> {
			ConfigurableListableBeanFactory beans = event.getApplicationContext().getBeanFactory();
			beans.registerSingleton("unicornWorkerAgent", agent);
			beans.registerSingleton("unicornRequestLedger", requests);
		});
	}

	private static long requestLimit(UnicornProperties properties) {
		long jitter = properties.maxRequestsJitter();
		return (properties.maxRequests() == 0) ? 0
				: properties.maxRequests() + ((jitter > 0) ? ThreadLocalRandom.current().nextLong(jitter + 1) : 0);
	}

}
