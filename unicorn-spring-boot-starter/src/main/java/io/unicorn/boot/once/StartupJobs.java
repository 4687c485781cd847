package io.unicorn.boot.once;

import java.util.List;
import java.util.Set;

import io.unicorn.ipc.Initialization;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Lets Spring Batch launch its job at the start of the pool and not at that of each
 * worker ({@code spring.batch.job}).
 */
final class StartupJobs implements BeanPostProcessor {

	private static final Log logger = LogFactory.getLog(StartupJobs.class);

	private static final Set<String> RUNNER = Set
		.of("org.springframework.boot.batch.autoconfigure.JobLauncherApplicationRunner");

	private final boolean first;

	StartupJobs(Initialization initialization) {
		this.first = initialization == Initialization.START || initialization == Initialization.EVERYTHING;
	}

	/** The runner has checked its job by now. */
	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (!this.first && TypeNames.find(bean.getClass(), RUNNER) != null) {
			DirectFieldAccessor runner = new DirectFieldAccessor(bean);
			runner.setPropertyValue("jobs", List.of());
			runner.setPropertyValue("jobName", null);
			logger.debug("The job of bean " + beanName + " was launched by the first worker of the pool");
		}
		return bean;
	}

}
