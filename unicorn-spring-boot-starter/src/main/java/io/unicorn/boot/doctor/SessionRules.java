package io.unicorn.boot.doctor;

import java.io.Serializable;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeansException;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.PropertyAccessorFactory;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/**
 * HTTP sessions, as far as it can be seen that they are used.
 */
final class SessionRules {

	private static final Log logger = LogFactory.getLog(SessionRules.class);

	private static final String[] STORES = { "org.springframework.session.SessionRepository",
			"org.springframework.session.ReactiveSessionRepository" };

	private static final Set<String> IN_MEMORY = Set.of("org.springframework.session.MapSessionRepository",
			"org.springframework.session.ReactiveMapSessionRepository");

	private static final String CHAIN = "org.springframework.security.web.SecurityFilterChain";

	private static final List<String> LOGINS = List.of("UsernamePasswordAuthenticationFilter",
			"OAuth2LoginAuthenticationFilter", "Saml2WebSsoAuthenticationFilter");

	private static final String ATTRIBUTES = "org.springframework.web.bind.annotation.SessionAttributes";

	private SessionRules() {
	}

	static Stream<Symptom> inMemory(Inspection inspection) {
		if (isShared(inspection)) {
			return Stream.empty();
		}
		Stream<String> logins = inspection.existing(CHAIN)
			.entrySet()
			.stream()
			.filter((chain) -> keepsLogin(chain.getValue()))
			.map(Map.Entry::getKey);
		Stream<String> attributes = inspection.own()
			.entrySet()
			.stream()
			.filter((bean) -> hasSessionAttributes(bean.getValue()))
			.map(Map.Entry::getKey);
		return Stream.of(logins, attributes, sessionScoped(inspection).keySet().stream())
			.flatMap((names) -> names)
			.map((name) -> new Symptom("bean " + name,
					"it keeps something in the HTTP session, which exists in the memory of one worker; the next "
							+ "connection of the client may reach another one",
					"Store sessions where all workers find them, with Spring Session"));
	}

	private static boolean isShared(Inspection inspection) {
		return inspection.hasBean(STORES) && !inspection.hasBean(IN_MEMORY.toArray(String[]::new));
	}

	private static Map<String, Class<?>> sessionScoped(Inspection inspection) {
		Map<String, Class<?>> found = inspection.own();
		found.keySet().removeIf((name) -> !inspection.scope(name).equals("session"));
		return found;
	}

	/** Spring Session serializes what a session holds, unless it was told otherwise. */
	static Stream<Symptom> notSerializable(Inspection inspection) {
		if (!isShared(inspection) || isOtherwiseSerialized(inspection)) {
			return Stream.empty();
		}
		return sessionScoped(inspection).entrySet()
			.stream()
			.filter((bean) -> !Serializable.class.isAssignableFrom(bean.getValue())
					&& !Modifier.isAbstract(bean.getValue().getModifiers()))
			.map((bean) -> new Symptom("bean " + bean.getKey(), bean.getValue().getName()
					+ " is stored in sessions and is not Serializable, so other requests do not " + "find it, or fail",
					"Let the class implement Serializable"));
	}

	/** By the beans that Spring Session looks for. */
	private static boolean isOtherwiseSerialized(Inspection inspection) {
		return inspection.names("org.springframework.data.redis.serializer.RedisSerializer")
			.contains("springSessionDefaultRedisSerializer")
				|| inspection.names("org.springframework.core.convert.ConversionService")
					.contains("springSessionConversionService");
	}

	private static boolean hasSessionAttributes(Class<?> type) {
		return MergedAnnotations.from(type, SearchStrategy.TYPE_HIERARCHY).isPresent(ATTRIBUTES);
	}

	/**
	 * Whether a filter chain has a login, and not the policy STATELESS, with which the
	 * login is not stored in the session.
	 */
	private static boolean keepsLogin(Object chain) {
		try {
			Object filters = PropertyAccessorFactory.forBeanPropertyAccess(chain).getPropertyValue("filters");
			return filters instanceof Collection<?> all && all.stream().anyMatch(SessionRules::isLogin)
					&& all.stream().anyMatch(SessionRules::readsSession);
		}
		catch (BeansException ex) {
			logger.debug("The filters of " + chain + " are unknown", ex);
			return false;
		}
	}

	private static boolean isLogin(Object filter) {
		return LOGINS.contains(filter.getClass().getSimpleName());
	}

	private static boolean readsSession(Object filter) {
		if (!filter.getClass().getSimpleName().equals("SecurityContextHolderFilter")) {
			return false;
		}
		Object repository = field(filter, "securityContextRepository");
		Object delegates = (repository != null) ? field(repository, "delegates") : null;
		return ((delegates instanceof Collection<?> several) ? several.stream() : Stream.ofNullable(repository))
			.anyMatch((one) -> one.getClass().getSimpleName().equals("HttpSessionSecurityContextRepository"));
	}

	private static @Nullable Object field(Object bean, String name) {
		DirectFieldAccessor fields = new DirectFieldAccessor(bean);
		return fields.isReadableProperty(name) ? fields.getPropertyValue(name) : null;
	}

}
