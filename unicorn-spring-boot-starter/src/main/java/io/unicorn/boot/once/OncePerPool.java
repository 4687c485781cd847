package io.unicorn.boot.once;

import io.unicorn.ipc.Initialization;
import io.unicorn.worker.WorkerAgent;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.util.ClassUtils;

/**
 * Prepares the context of a worker so that what concerns the whole pool happens once. It
 * acts on beans as they are created and not by conditions, which an application that was
 * processed ahead of time has evaluated when it was built.
 */
public final class OncePerPool {

	private OncePerPool() {
	}

	/**
	 * Prepare a context that has no beans yet.
	 */
	public static void prepare(ConfigurableListableBeanFactory beans, WorkerAgent agent, InitializationMode mode) {
		Initialization decided = agent.takeInitialization();
		beans.registerSingleton("unicornInitialization", decided);
		Initialization initialization = (mode == InitializationMode.EVERY) ? Initialization.EVERYTHING : decided;
		beans.addBeanPostProcessor(new DatabaseInitializers(beans, agent, initialization));
		beans.addBeanPostProcessor(new SchemaGeneration(agent, initialization));
		beans.addBeanPostProcessor(new StartupJobs(initialization));
		beans.addBeanPostProcessor(new GeneratedPassword(agent.secret(), decided));
		if (!agent.secret().isEmpty() && ClassUtils.isPresent(RememberMeKeys.NEEDED, beans.getBeanClassLoader())) {
			beans.addBeanPostProcessor(new RememberMeKeys(agent.secret()));
		}
		// The first request would otherwise create them, in any worker.
		beans.registerSingleton("unicornEagerInitialization", (LazyInitializationExcludeFilter) (name, definition,
				type) -> DatabaseInitializers.isOne(type) || SchemaGeneration.isOne(type));
	}

}
