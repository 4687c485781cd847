package io.unicorn.boot.once;

import java.util.Map;

import io.unicorn.ipc.Initialization;
import io.unicorn.worker.WorkerAgent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.PropertyAccessor;
import org.springframework.beans.PropertyAccessorFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;

/**
 * Lets the beans that initialize a database when they are created do so in one worker:
 * SQL scripts, Flyway and Liquibase. In other workers they exist and do nothing. A
 * database in the memory of the process is initialized by each worker.
 */
final class DatabaseInitializers implements BeanPostProcessor {

	private static final Log logger = LogFactory.getLog(DatabaseInitializers.class);

	/** {@code spring.sql.init} and each {@code initialize-schema}, JDBC and R2DBC. */
	private static final String BOOT_SCRIPTS = "org.springframework.boot.sql.init.AbstractScriptDatabaseInitializer";

	private static final String LIQUIBASE = "liquibase.integration.spring.SpringLiquibase";

	/** What they run, for the log, by the class of the bean. */
	private static final Map<String, String> NAMES = Map.of(BOOT_SCRIPTS, "SQL scripts",
			"org.springframework.jdbc.datasource.init.DataSourceInitializer", "SQL scripts",
			"org.springframework.r2dbc.connection.init.ConnectionFactoryInitializer", "SQL scripts",
			"org.springframework.boot.flyway.autoconfigure.FlywayMigrationInitializer", "Flyway", LIQUIBASE,
			"Liquibase", "liquibase.integration.spring.MultiTenantSpringLiquibase", "Liquibase");

	private final ConfigurableListableBeanFactory beans;

	private final WorkerAgent agent;

	private final Initialization initialization;

	DatabaseInitializers(ConfigurableListableBeanFactory beans, WorkerAgent agent, Initialization initialization) {
		this.beans = beans;
		this.agent = agent;
		this.initialization = initialization;
	}

	/** Whether the beans of a class initialize a database. */
	static boolean isOne(Class<?> type) {
		return TypeNames.find(type, NAMES.keySet()) != null;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		String type = TypeNames.find(bean.getClass(), NAMES.keySet());
		if (type != null && isEnabled(bean, type)) {
			if (this.initialization != Initialization.EVERYTHING && !OwnDatabase.isTargetOf(bean)) {
				share(bean, beanName, type);
			}
			this.agent.initializing(NAMES.get(type) + " (bean " + beanName + ")");
		}
		return bean;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (isOne(bean.getClass())) {
			this.agent.initialized();
		}
		return bean;
	}

	/** Whether it would do something, in a database of any kind. */
	private static boolean isEnabled(Object bean, String type) {
		return switch (type) {
			case BOOT_SCRIPTS -> {
				Object settings = new DirectFieldAccessor(bean).getPropertyValue("settings");
				yield settings != null
						&& "ALWAYS".equals(String.valueOf(properties(settings).getPropertyValue("mode")));
			}
			case LIQUIBASE -> Boolean.TRUE.equals(new DirectFieldAccessor(bean).getPropertyValue("shouldRun"));
			default -> true;
		};
	}

	private void share(Object bean, String beanName, String type) {
		PropertyAccessor fields = new DirectFieldAccessor(bean);
		if (fields.isReadableProperty("databaseCleaner")) {
			// It would clean the database when a single worker leaves.
			fields.setPropertyValue("databaseCleaner", null);
		}
		if (this.initialization == Initialization.NOTHING) {
			leaveOut(beanName);
		}
		else if (this.initialization == Initialization.ROLL_OUT) {
			spare(bean, beanName, type);
		}
	}

	/** Take nothing away from the workers that serve. */
	private void spare(Object bean, String beanName, String type) {
		if (type.equals(LIQUIBASE) && Boolean.TRUE.equals(properties(bean).getPropertyValue("dropFirst"))) {
			properties(bean).setPropertyValue("dropFirst", false);
			logger.warn("spring.liquibase.drop-first=true is ignored in a roll-out, because other workers use "
					+ "the database; it applies when the pool is started");
		}
		String drop = DroppingScripts.find(bean);
		if (drop != null) {
			leaveOut(beanName);
			logger.warn("The scripts of bean " + beanName + " (spring.sql.init.mode=always or an "
					+ "initialize-schema=always) would take data from workers that serve (" + drop
					+ "), so they do not run in this roll-out. They run when the pool is started; "
					+ "scripts for roll-outs may create and insert, but not drop or delete");
		}
	}

	/** The bean factory calls no method that it takes for managed by others. */
	private void leaveOut(String beanName) {
		if (this.beans.getMergedBeanDefinition(beanName) instanceof RootBeanDefinition definition) {
			definition.registerExternallyManagedInitMethod("afterPropertiesSet");
		}
	}

	private static PropertyAccessor properties(Object bean) {
		return PropertyAccessorFactory.forBeanPropertyAccess(bean);
	}

}
