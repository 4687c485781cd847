package io.unicorn.boot.doctor;

import java.lang.annotation.Annotation;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.util.ClassUtils;

/**
 * What rules see of an application: its configuration, and the beans that exist. It
 * creates no bean, and knows optional libraries by the names of their classes.
 */
final class Inspection {

	private static final List<String> PER_WORKER = List.of("${unicorn.worker.", "${unicorn.worker}",
			"${unicorn.worker:", "${random.");

	private static final Pattern RANDOM = Pattern.compile("\\$\\{random\\.([a-z]+)[^}]*}");

	private final ConfigurableEnvironment environment;

	private final @Nullable ConfigurableListableBeanFactory beans;

	private final IntSupplier workers;

	private @Nullable Map<String, String> databases;

	/**
	 * Create.
	 * @param beans the beans, or {@code null} if there is no context
	 * @param workers returns the number of workers that the pool is to have
	 */
	Inspection(ConfigurableEnvironment environment, @Nullable ConfigurableListableBeanFactory beans,
			IntSupplier workers) {
		this.environment = environment;
		this.beans = beans;
		this.workers = workers;
	}

	/**
	 * Return the URLs of the databases, by the place where each is configured. They are
	 * found once, because it may take a connection.
	 */
	Map<String, String> databases() {
		Map<String, String> found = this.databases;
		if (found == null) {
			found = Databases.urls(this);
			this.databases = found;
		}
		return found;
	}

	int workers() {
		return this.workers.getAsInt();
	}

	/** Return the value of a property, or {@code null} if it has none. */
	@Nullable String property(String name) {
		String value = this.environment.getProperty(name);
		return (value != null && !value.isBlank()) ? value.strip() : null;
	}

	/** Whether a property is true, or has no value and is true by default. */
	boolean isOn(String name, boolean byDefault) {
		String value = property(name);
		return (value != null) ? value.equalsIgnoreCase("true") : byDefault;
	}

	/**
	 * Whether a property of the application, whichever, has this value because it names
	 * the worker or a random number.
	 */
	boolean isPerWorker(String value) {
		return this.environment.getPropertySources()
			.stream()
			.flatMap(Inspection::texts)
			.filter((text) -> PER_WORKER.stream().anyMatch(text::contains))
			.anyMatch((text) -> text.contains("${random.") ? isLike(text, value)
					: this.environment.resolvePlaceholders(text).equals(value));
	}

	/** A random value is another one each time; what is around it stays. */
	private boolean isLike(String text, String value) {
		StringBuilder pattern = new StringBuilder();
		Matcher random = RANDOM.matcher(text);
		int end = 0;
		while (random.find()) {
			pattern.append(literal(text.substring(end, random.start()))).append(switch (random.group(1)) {
				case "uuid" -> "[0-9a-f-]{36}";
				case "value" -> "[0-9a-f]{32}";
				default -> "-?[0-9]+";
			});
			end = random.end();
		}
		return value.matches(pattern.append(literal(text.substring(end))).toString());
	}

	private String literal(String text) {
		return Pattern.quote(this.environment.resolvePlaceholders(text));
	}

	private static Stream<String> texts(PropertySource<?> source) {
		return (source instanceof EnumerablePropertySource<?> known) ? Arrays.stream(known.getPropertyNames())
			.map(known::getProperty)
			.filter(CharSequence.class::isInstance)
			.map(Object::toString) : Stream.empty();
	}

	boolean hasClass(String name) {
		return ClassUtils.isPresent(name, classLoader());
	}

	/** Whether a bean has one of these types, created or not. */
	boolean hasBean(String... types) {
		return Arrays.stream(types).anyMatch((type) -> !names(type).isEmpty());
	}

	/** Return the names of the beans of a type, created or not. */
	List<String> names(String type) {
		if (this.beans == null || !hasClass(type)) {
			return List.of();
		}
		return List.of(this.beans.getBeanNamesForType(ClassUtils.resolveClassName(type, classLoader()), true, false));
	}

	/** Return the beans of these types that exist, by name. */
	Map<String, Object> existing(String... types) {
		Map<String, Object> found = new LinkedHashMap<>();
		for (String type : types) {
			for (String name : names(type)) {
				ConfigurableListableBeanFactory factory = Objects.requireNonNull(this.beans);
				// The product of a factory exists if another bean has it.
				if (factory.containsSingleton(name)
						&& (!factory.isFactoryBean(name) || factory.getDependentBeans(name).length > 0)) {
					found.put(name, factory.getBean(name));
				}
			}
		}
		return found;
	}

	/** Return the classes of the application's own beans, by name. */
	Map<String, Class<?>> own() {
		Map<String, Class<?>> found = new LinkedHashMap<>();
		if (this.beans != null) {
			for (String name : this.beans.getBeanDefinitionNames()) {
				Class<?> type = this.beans.getType(name, false);
				if (type != null && isOwn(name)) {
					found.put(name, ClassUtils.getUserClass(type));
				}
			}
		}
		return found;
	}

	/** Whether the application defines a bean, and not a library. */
	boolean isOwn(String name) {
		if (this.beans == null || !AutoConfigurationPackages.has(this.beans)
				|| !this.beans.containsBeanDefinition(name)) {
			return false;
		}
		String source = source(name);
		return AutoConfigurationPackages.get(this.beans).stream().anyMatch((own) -> source.startsWith(own + "."));
	}

	/** Return the scope of a bean, empty for singletons. */
	String scope(String name) {
		return (this.beans != null && this.beans.containsBeanDefinition(name))
				? Objects.toString(this.beans.getMergedBeanDefinition(name).getScope(), "") : "";
	}

	/** Return the class that defines a bean with a method, or the bean's own. */
	String source(String name) {
		if (this.beans == null || !this.beans.containsBeanDefinition(name)) {
			return "";
		}
		BeanDefinition definition = this.beans.getMergedBeanDefinition(name);
		String factory = definition.getFactoryBeanName();
		Class<?> type = (factory != null) ? this.beans.getType(factory, false) : null;
		return Objects.toString((type != null) ? type.getName() : definition.getBeanClassName(), "");
	}

	/** Whether a bean, its class or the method that makes it, has an annotation. */
	boolean isAnnotated(String name, String annotation) {
		return this.beans != null && this.beans.findAnnotationOnBean(name,
				ClassUtils.resolveClassName(annotation, classLoader()).asSubclass(Annotation.class), false) != null;
	}

	/** Whether a bean was given one of these types, or what it was given was. */
	boolean uses(String name, String... types) {
		Set<String> sought = Arrays.stream(types).flatMap((type) -> names(type).stream()).collect(Collectors.toSet());
		Set<String> seen = new HashSet<>();
		Deque<String> rest = new ArrayDeque<>(List.of(name));
		while (this.beans != null && !sought.isEmpty() && !rest.isEmpty()) {
			for (String given : this.beans.getDependenciesForBean(rest.remove())) {
				if (sought.contains(given)) {
					return true;
				}
				if (seen.add(given)) {
					rest.add(given);
				}
			}
		}
		return false;
	}

	private @Nullable ClassLoader classLoader() {
		return (this.beans != null) ? this.beans.getBeanClassLoader() : ClassUtils.getDefaultClassLoader();
	}

}
