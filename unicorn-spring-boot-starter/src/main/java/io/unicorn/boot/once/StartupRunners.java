package io.unicorn.boot.once;

import java.lang.reflect.Method;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.unicorn.boot.OncePerPool;
import io.unicorn.ipc.Initialization;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.util.ClassUtils;

/**
 * Lets runners that concern the whole pool run in one worker. Spring Boot looks runners
 * up by their type when the context has started, and the bean factory remembers the names
 * that it has found for a type. So it looks up first, while those that are left out count
 * as abstract, which have no beans. The beans stay what they are.
 */
final class StartupRunners implements ApplicationListener<ApplicationStartedEvent>, Ordered {

	private static final Log logger = LogFactory.getLog(StartupRunners.class);

	/** What {@code ApplicationRunner} and {@code CommandLineRunner} are. */
	private static final String RUNNER = "org.springframework.boot.Runner";

	private final @Nullable RunnersMode mode;

	private final Initialization initialization;

	/**
	 * Create.
	 * @param mode which workers run those of the application, {@code null} if it does not
	 * say so
	 */
	StartupRunners(@Nullable RunnersMode mode, Initialization initialization) {
		this.mode = mode;
		this.initialization = initialization;
	}

	@Override
	public void onApplicationEvent(ApplicationStartedEvent event) {
		if (this.initialization != Initialization.NOTHING) {
			return;
		}
		ConfigurableListableBeanFactory beans = event.getApplicationContext().getBeanFactory();
		Class<?> type = ClassUtils.resolveClassName(RUNNER, beans.getBeanClassLoader());
		Predicate<String> once = (name) -> beans.findAnnotationOnBean(name, OncePerPool.class) != null;
		leaveOut(beans, type,
				Stream.of(beans.getBeanNamesForType(type))
					.filter((this.mode == RunnersMode.FIRST) ? once.or((name) -> isOfApplication(beans, name)) : once)
					.toList());
	}

	private static void leaveOut(ConfigurableListableBeanFactory beans, Class<?> type, List<String> names) {
		// It remembers what it has found before.
		beans.clearMetadataCache();
		List<AbstractBeanDefinition> definitions = names.stream()
			.filter(beans::containsBeanDefinition)
			.map(beans::getMergedBeanDefinition)
			.filter(AbstractBeanDefinition.class::isInstance)
			.map(AbstractBeanDefinition.class::cast)
			.toList();
		definitions.forEach((definition) -> definition.setAbstract(true));
		beans.getBeanNamesForType(type);
		definitions.forEach((definition) -> definition.setAbstract(false));
		logger.debug("Run by the first worker only: " + names);
	}

	/** Whether it is declared in the packages of the application. */
	private static boolean isOfApplication(ConfigurableListableBeanFactory beans, String name) {
		Class<?> declaring = declaring(beans, name);
		return declaring != null && AutoConfigurationPackages.has(beans)
				&& AutoConfigurationPackages.get(beans)
					.stream()
					.anyMatch((root) -> (declaring.getPackageName() + ".").startsWith(root + "."));
	}

	private static @Nullable Class<?> declaring(ConfigurableListableBeanFactory beans, String name) {
		BeanDefinition definition = beans.containsBeanDefinition(name) ? beans.getMergedBeanDefinition(name) : null;
		Method method = (definition instanceof RootBeanDefinition root) ? root.getResolvedFactoryMethod() : null;
		return (method != null) ? method.getDeclaringClass() : beans.getType(name);
	}

	/** The application may add beans until the last of its listeners has returned. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
