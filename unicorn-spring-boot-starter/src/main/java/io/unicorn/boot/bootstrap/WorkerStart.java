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
		Premises told = bootstrapContext.getOrElse(Premises.class, null);
		UnicornProperties properties = (told != null) ? confirmed(told, environment, classLoader).properties()
				: UnicornPropertiesBinder.bind(environment);
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

	/**
	 * The master listens where this worker has said that it is to. If that was wrong, it
	 * has to find out itself the next time, which it does when its first worker fails.
	 */
	private static Premises confirmed(Premises told, Environment environment, ClassLoader classLoader) {
		Premises found = Premises.of(environment, classLoader);
		if (!told.equalsButForLog(found)) {
			throw new IllegalStateException("The configuration was changed after all EnvironmentPostProcessors had "
					+ "run, and was not when the application was started before. Start it again.");
		}
		return found;
	}

	private static long requestLimit(UnicornProperties properties) {
		long jitter = properties.maxRequestsJitter();
		return (properties.maxRequests() == 0) ? 0
				: properties.maxRequests() + ((jitter > 0) ? ThreadLocalRandom.current().nextLong(jitter + 1) : 0);
	}

}
