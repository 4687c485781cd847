package io.unicorn.boot.once;

import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.unicorn.ipc.Initialization;
import io.unicorn.worker.WorkerAgent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeansException;
import org.springframework.beans.PropertyAccessor;
import org.springframework.beans.PropertyAccessorFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Lets JPA generate the schema of a shared database in one worker
 * ({@code spring.jpa.hibernate.ddl-auto} and the like). No worker drops the schema when
 * it leaves, and a canary drops nothing under workers that serve.
 */
final class SchemaGeneration implements BeanPostProcessor {

	private static final Log logger = LogFactory.getLog(SchemaGeneration.class);

	private static final String FACTORY = "org.springframework.orm.jpa.AbstractEntityManagerFactoryBean";

	private static final Set<String> FACTORIES = Set.of(FACTORY, "jakarta.persistence.EntityManagerFactory");

	/**
	 * What a property means for JPA: its value for no generation, and its values that add
	 * to a schema in place of those that drop it.
	 */
	private record Key(String name, String none, Map<String, String> atStart, Map<String, String> inRollOut) {

	}

	private static final List<Key> KEYS = List.of(
			new Key("hibernate.hbm2ddl.auto", "none", Map.of("create-drop", "create"),
					Map.of("create", "update", "create-only", "update", "create-drop", "update", "drop", "none",
							"truncate", "none")),
			new Key("jakarta.persistence.schema-generation.database.action", "none", Map.of(),
					Map.of("drop-and-create", "create", "drop", "none")),
			new Key("eclipselink.ddl-generation", "none", Map.of(),
					Map.of("drop-and-create-tables", "create-or-extend-tables", "drop-tables", "none")));

	private static final Set<String> HARMLESS = Set.of("", "none", "validate");

	private final WorkerAgent agent;

	private final Initialization initialization;

	SchemaGeneration(WorkerAgent agent, Initialization initialization) {
		this.agent = agent;
		this.initialization = initialization;
	}

	/** Whether the beans of a class generate a schema. */
	static boolean isOne(Class<?> type) {
		return TypeNames.find(type, FACTORIES) != null;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (TypeNames.find(bean.getClass(), Set.of(FACTORY)) != null) {
			PropertyAccessor factory = PropertyAccessorFactory.forBeanPropertyAccess(bean);
			if (factory.getPropertyValue("jpaPropertyMap") instanceof Map<?, ?> map) {
				@SuppressWarnings("unchecked")
				Map<String, Object> properties = (Map<String, Object>) map;
				apply(factory, properties, beanName);
			}
		}
		return bean;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (TypeNames.find(bean.getClass(), Set.of(FACTORY)) != null) {
			this.agent.initialized();
		}
		return bean;
	}

	private void apply(PropertyAccessor factory, Map<String, Object> properties, String beanName) {
		boolean generates = false;
		for (Key key : KEYS) {
			String value = value(factory, properties, key.name());
			if (HARMLESS.contains(value)) {
				continue;
			}
			generates = true;
			if (this.initialization != Initialization.EVERYTHING && !hasOwnDatabase(factory)) {
				share(properties, key, value);
			}
		}
		if (generates && this.initialization != Initialization.NOTHING) {
			this.agent.initializing("the schema generation of JPA (bean " + beanName + ")");
		}
	}

	/** The vendor's properties apply where the factory has none of its own. */
	private static String value(PropertyAccessor factory, Map<String, Object> properties, String key) {
		Object value = properties.get(key);
		Object adapter = factory.getPropertyValue("jpaVendorAdapter");
		if (value == null && adapter != null && PropertyAccessorFactory.forBeanPropertyAccess(adapter)
			.getPropertyValue("jpaPropertyMap") instanceof Map<?, ?> defaults) {
			value = defaults.get(key);
		}
		return (value != null) ? value.toString().strip().toLowerCase(Locale.ROOT) : "";
	}

	private static boolean hasOwnDatabase(PropertyAccessor factory) {
		try {
			return OwnDatabase.isOne(factory.getPropertyValue("dataSource"));
		}
		catch (SQLException | BeansException ex) {
			return false;
		}
	}

	private void share(Map<String, Object> properties, Key key, String value) {
		String replaced = switch (this.initialization) {
			case START -> key.atStart().get(value);
			case ROLL_OUT -> key.inRollOut().get(value);
			case NOTHING -> key.none();
			case EVERYTHING -> null;
		};
		if (replaced == null) {
			return;
		}
		properties.put(key.name(), replaced);
		String reason = reason();
		if (reason != null) {
			logger.warn(
					key.name() + "=" + value + " (spring.jpa.hibernate.ddl-auto) is " + replaced + " here, " + reason);
		}
	}

	private @Nullable String reason() {
		return switch (this.initialization) {
			case START -> "because workers leave while others use the tables: "
					+ "they are dropped when the pool is started again";
			case ROLL_OUT -> "because workers that serve use the tables: they are dropped when the pool is started";
			case NOTHING, EVERYTHING -> null;
		};
	}

}
