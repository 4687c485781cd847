package io.unicorn.boot.autoconfigure;

import java.io.IOException;
import java.nio.file.Path;

import io.unicorn.boot.PoolMessaging;
import io.unicorn.boot.messaging.LeaderAnnouncement;
import io.unicorn.boot.messaging.PoolEventRelay;
import io.unicorn.boot.messaging.PoolListenerProcessor;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.worker.WorkerAgent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * Auto-configuration of messages between workers. The beans exist in every process, so
 * that an application that uses them starts without a pool as well. Its methods are
 * static, so that the beans stay in an application that was processed ahead of time and
 * is no worker.
 */
@AutoConfiguration
@Import(SharedBrokerConfiguration.class)
public final class UnicornMessagingAutoConfiguration {

	private static final Log logger = LogFactory.getLog(UnicornMessagingAutoConfiguration.class);

	@Bean(destroyMethod = "close")
	@ConditionalOnMissingBean
	static PoolMessaging unicornPoolMessaging(ObjectProvider<WorkerAgent> agent) {
		WorkerAgent worker = agent.getIfAvailable();
		String directory = System.getProperty(WorkerCommand.GROUP_PROPERTY);
		if (worker == null || directory == null) {
			return PoolMessaging.alone();
		}
		try {
			return PoolMessaging.join(Path.of(directory), worker.identity().id(), worker::isLeader);
		}
		catch (IOException | LinkageError ex) {
			logger.error("Messages of other workers do not reach this one, because its socket in " + directory
					+ " cannot be opened: " + ex + ". Caches are not evicted together then, for example");
			return PoolMessaging.apart(worker.identity().id(), worker::isLeader);
		}
	}

	@Bean
	static SmartInitializingSingleton unicornPoolListenersStarted(PoolMessaging messaging) {
		return messaging::started;
	}

	/** A listener that is never asked for would never be there. */
	@Bean
	static LazyInitializationExcludeFilter unicornPoolListenerExcludeFilter() {
		return (name, definition, type) -> type == PoolMessaging.class || PoolListenerProcessor.isListener(type);
	}

	@Bean
	static PoolListenerProcessor unicornPoolListenerProcessor(ObjectProvider<PoolMessaging> messaging) {
		return new PoolListenerProcessor(messaging);
	}

	@Bean
	static LeaderAnnouncement unicornLeaderAnnouncement(PoolMessaging messaging) {
		return new LeaderAnnouncement(messaging);
	}

	@Bean
	static PoolEventRelay unicornPoolEventRelay(PoolMessaging messaging, ApplicationContext context) {
		ClassLoader classLoader = context.getClassLoader();
		return new PoolEventRelay(messaging, context,
				(classLoader != null) ? classLoader : ClassLoader.getSystemClassLoader());
	}

}
