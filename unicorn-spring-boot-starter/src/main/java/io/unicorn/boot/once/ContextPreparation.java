package io.unicorn.boot.once;

import io.unicorn.ipc.Initialization;
import io.unicorn.worker.WorkerAgent;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.util.ClassUtils;

/**
 * Prepares the context of a worker so that what concerns the whole pool happens once. It
 * acts on beans as they are created and not by conditions, which an application that was
 * processed ahead of time has evaluated when it was built.
 */
public final class ContextPreparation {

	private ContextPreparation() {
	}

	/**
	 * Prepare a context that has no beans yet.
	 * @param runners which workers run the runners of the application, {@code null} if it
	 * does not say so
	 */
	public static void prepare(ConfigurableListableBeanFactory beans, WorkerAgent agent, InitializationMode mode,
			@Nullable RunnersMode runners) {
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
		beans.registerSingleton("unicornStartupRunners", new StartupRunners(runners, decided));
		// The first request would otherwise create them, in any worker.
		beans.registerSingleton("unicornEagerInitialization", (LazyInitializationExcludeFilter) (name, definition,
				type) -> DatabaseInitializers.isOne(type) || SchemaGeneration.isOne(type));
	}

}
