package io.unicorn.boot.autoconfigure;

import io.unicorn.worker.WorkerAgent;

import org.springframework.aot.AotDetector;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;

/**
 * Removes the beans of a worker from the context of another process. Code that was
 * processed ahead of time has them in every process, because conditions are evaluated
 * when it is built.
 */
public final class WorkerBeans {

	private static final String PACKAGE = WorkerBeans.class.getPackageName() + ".";

	private static final String PROPERTIES = "unicorn-" + UnicornProperties.class.getName();

	private WorkerBeans() {
	}

	/**
	 * Remove them, if the application was processed ahead of time and this process is no
	 * worker.
	 * @param beans what was registered, and not refreshed yet
	 */
	public static void removeIfForeign(ConfigurableListableBeanFactory beans) {
		if (AotDetector.useGeneratedArtifacts() && beans instanceof BeanDefinitionRegistry registry
				&& beans.getBeanNamesForType(WorkerAgent.class, false, false).length == 0) {
			remove(registry);
		}
	}

	static void remove(BeanDefinitionRegistry registry) {
		for (String name : registry.getBeanDefinitionNames()) {
			if (isOurs(name, registry.getBeanDefinition(name))) {
				registry.removeBeanDefinition(name);
			}
		}
	}

	private static boolean isOurs(String name, BeanDefinition definition) {
		String factory = definition.getFactoryBeanName();
		return name.startsWith(PACKAGE) || name.equals(PROPERTIES) || (factory != null && factory.startsWith(PACKAGE));
	}

}
