package io.unicorn.boot.autoconfigure;

import io.unicorn.worker.WorkerAgent;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.ClassUtils;

/**
 * Matches in a worker, and in a process that processes the application ahead of time: the
 * same code will run in workers and in other processes, from which {@link WorkerBeans}
 * removes the beans.
 */
public class OnWorkerCondition implements Condition {

	/** In each version of Spring Boot with which there are workers. */
	private static final String SUPPORTED = "org.springframework.boot.EnvironmentPostProcessor";

	@Override
	public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConfigurableListableBeanFactory beans = context.getBeanFactory();
		return ClassUtils.isPresent(SUPPORTED, context.getClassLoader())
				&& (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING) || (beans != null && isWorker(beans)));
	}

	private static boolean isWorker(ConfigurableListableBeanFactory beans) {
		return BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, WorkerAgent.class, false, false).length > 0;
	}

}
