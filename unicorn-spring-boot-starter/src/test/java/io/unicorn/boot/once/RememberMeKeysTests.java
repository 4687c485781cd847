package io.unicorn.boot.once;

import io.unicorn.ipc.Initialization;
import io.unicorn.worker.TestAgents;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.web.FilterChainProxy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.rememberme.AbstractRememberMeServices;
import org.springframework.security.web.authentication.rememberme.RememberMeAuthenticationFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests {@link RememberMeKeys} with the configuration of Spring Security.
 */
class RememberMeKeysTests {

	/** Return the key of a worker's only filter chain. */
	private static String key(Initialization initialization, String secret, Class<?> configuration) {
		String[] key = new String[1];
		try (TestAgents agents = new TestAgents(initialization, secret)) {
			new WebApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(SecurityAutoConfiguration.class,
						UserDetailsServiceAutoConfiguration.class))
				.withUserConfiguration(configuration)
				.withInitializer((context) -> ContextPreparation.prepare(context.getBeanFactory(), agents.agent(),
						InitializationMode.FIRST, null))
				.run((context) -> key[0] = key(context.getBean(FilterChainProxy.class)));
		}
		return key[0];
	}

	private static String key(FilterChainProxy proxy) {
		return proxy.getFilterChains()
			.get(0)
			.getFilters()
			.stream()
			.filter(RememberMeAuthenticationFilter.class::isInstance)
			.map((filter) -> ((AbstractRememberMeServices) ((RememberMeAuthenticationFilter) filter)
				.getRememberMeServices()).getKey())
			.findFirst()
			.orElseThrow();
	}

	@Test
	void allWorkersHaveTheSameKey() {
		String first = key(Initialization.START, WorkerContexts.SECRET, Generated.class);
		assertThat(key(Initialization.NOTHING, WorkerContexts.SECRET, Generated.class)).isEqualTo(first);
		assertThat(key(Initialization.START, "YW5vdGhlcg==", Generated.class)).isNotEqualTo(first);
	}

	@Test
	void aCustomizerMayAskForRememberMe() {
		assertThat(key(Initialization.START, WorkerContexts.SECRET, Customized.class))
			.isEqualTo(key(Initialization.NOTHING, WorkerContexts.SECRET, Customized.class));
	}

	@Test
	void aKeyOfTheApplicationStays() {
		assertThat(key(Initialization.NOTHING, WorkerContexts.SECRET, Configured.class)).isEqualTo("mine");
	}

	@Test
	void withoutASecretEachWorkerGeneratesItsKey() {
		assertThat(key(Initialization.EVERYTHING, "", Generated.class))
			.isNotEqualTo(key(Initialization.EVERYTHING, "", Generated.class));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebSecurity
	static class Generated {

		@Bean
		SecurityFilterChain chain(HttpSecurity http) throws Exception {
			return http.rememberMe(Customizer.withDefaults()).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebSecurity
	static class Configured {

		@Bean
		SecurityFilterChain chain(HttpSecurity http) throws Exception {
			return http.rememberMe((rememberMe) -> rememberMe.key("mine")).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebSecurity
	static class Customized {

		@Bean
		Customizer<HttpSecurity> rememberMe() {
			return (http) -> http.rememberMe(Customizer.withDefaults());
		}

		@Bean
		SecurityFilterChain chain(HttpSecurity http) throws Exception {
			return http.build();
		}

	}

}
