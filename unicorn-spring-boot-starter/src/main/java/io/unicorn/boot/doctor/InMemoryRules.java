package io.unicorn.boot.doctor;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.springframework.beans.BeanWrapper;
import org.springframework.beans.PropertyAccessorFactory;

/**
 * Beans of libraries that keep in memory what a later request needs.
 */
final class InMemoryRules {

	private static final String AUTHORIZATION_SERVER = "org.springframework.security.oauth2.server.authorization.";

	private static final String BOOT_KEYS = "OAuth2AuthorizationServerJwtAutoConfiguration";

	private InMemoryRules() {
	}

	static Stream<Symptom> authorizations(Inspection inspection) {
		String service = AUTHORIZATION_SERVER + "OAuth2AuthorizationService";
		boolean server = inspection.hasBean(AUTHORIZATION_SERVER + "client.RegisteredClientRepository");
		boolean shared = inspection.hasBean(service)
				&& !inspection.hasBean(AUTHORIZATION_SERVER + "InMemoryOAuth2AuthorizationService");
		return (server && !shared) ? Stream.of(new Symptom("OAuth2AuthorizationService",
				"codes and tokens are in the memory of the worker that has issued them; others answer invalid_grant, "
						+ "and that a token is inactive",
				"Define a JdbcOAuth2AuthorizationService")) : Stream.empty();
	}

	/** A key that the application makes itself looks like one that it has loaded. */
	static Stream<Symptom> generatedKeys(Inspection inspection) {
		return inspection.names("com.nimbusds.jose.jwk.source.JWKSource")
			.stream()
			.filter((name) -> inspection.source(name).contains(BOOT_KEYS))
			.map((name) -> new Symptom("bean " + name,
					"each worker generates a key of its own when it starts, so no worker accepts the tokens of another, "
							+ "and /jwks returns another key each time",
					"Define a JWKSource with a key from a file or a key store"));
	}

	/** Tokens that a client gets for itself are no loss: each worker gets its own. */
	static Stream<Symptom> authorizedClients(Inspection inspection) {
		boolean ofUsers = inspection
			.existing("org.springframework.security.oauth2.client.registration.ClientRegistrationRepository")
			.values()
			.stream()
			// One that asks its supplier would ask the issuer now.
			.filter((all) -> all instanceof Iterable<?> && !all.getClass().getSimpleName().startsWith("Supplier"))
			.flatMap((all) -> StreamSupport.stream(((Iterable<?>) all).spliterator(), false))
			.anyMatch((client) -> "authorization_code".equals(PropertyAccessorFactory.forBeanPropertyAccess(client)
				.getPropertyValue("authorizationGrantType.value")));
		boolean inSession = inspection
			.hasBean("org.springframework.security.oauth2.client.web.HttpSessionOAuth2AuthorizedClientRepository");
		return (!ofUsers || inSession) ? Stream.empty()
				: inspection.names("org.springframework.security.oauth2.client.InMemoryOAuth2AuthorizedClientService")
					.stream()
					.map((name) -> new Symptom("bean " + name,
							"the access tokens of users are in the memory of the worker with which they have logged in",
							"If they are used after the login, define an HttpSessionOAuth2AuthorizedClientRepository "
									+ "or a JdbcOAuth2AuthorizedClientService"));
	}

	static Stream<Symptom> rememberMe(Inspection inspection) {
		return inspection
			.names("org.springframework.security.web.authentication.rememberme.InMemoryTokenRepositoryImpl")
			.stream()
			.map((name) -> new Symptom("bean " + name,
					"a remember-me token is known to the worker that has issued it, and others delete the cookie",
					"Define a JdbcTokenRepositoryImpl"));
	}

	static Stream<Symptom> rateLimiters(Inspection inspection) {
		Stream<Symptom> resilience = configured(inspection, "io.github.resilience4j.ratelimiter.RateLimiterRegistry",
				"allRateLimiters")
			.map((name) -> limit("bean " + name));
		Stream<Symptom> buckets = inspection.existing("io.github.bucket4j.Bucket")
			.entrySet()
			.stream()
			.filter((bean) -> bean.getValue().getClass().getName().startsWith("io.github.bucket4j.local."))
			.map((bean) -> limit("bean " + bean.getKey()));
		return Stream.concat(resilience, buckets);
	}

	private static Symptom limit(String place) {
		return new Symptom(place, "each worker counts for itself, so the pool lets through as many times the limit as "
				+ "it has workers", "Divide the limit by the number of workers, or count in a shared store");
	}

	static Stream<Symptom> circuitBreakers(Inspection inspection) {
		return configured(inspection, "io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry",
				"allCircuitBreakers")
			.map((name) -> new Symptom("bean " + name,
					"each worker opens its circuit breakers by its own calls, so it takes as many times the calls as there "
							+ "are workers until all have opened",
					"Divide minimum-number-of-calls and sliding-window-size by the number of workers"));
	}

	/** Return the names of registries that something is registered with. */
	private static Stream<String> configured(Inspection inspection, String type, String property) {
		return inspection.existing(type).entrySet().stream().filter((bean) -> {
			BeanWrapper registry = PropertyAccessorFactory.forBeanPropertyAccess(bean.getValue());
			return registry.isReadableProperty(property)
					&& registry.getPropertyValue(property) instanceof Collection<?> all && !all.isEmpty();
		}).map(Map.Entry::getKey);
	}

}
