package io.unicorn.boot.once;

import java.util.UUID;

import io.unicorn.ipc.Initialization;
import io.unicorn.worker.TestAgents;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.core.userdetails.UserDetailsService;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests {@link GeneratedPassword} with the auto-configuration of Spring Boot.
 */
@ExtendWith(OutputCaptureExtension.class)
class GeneratedPasswordTests {

	private static final String LINE = "Using generated security password: ";

	/** Return the password of a worker's user, without the name of its encoding. */
	private static String password(Initialization initialization, String secret, String... properties) {
		String[] password = new String[1];
		try (TestAgents agents = new TestAgents(initialization, secret)) {
			new WebApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(SecurityAutoConfiguration.class,
						UserDetailsServiceAutoConfiguration.class))
				.withInitializer((context) -> ContextPreparation.prepare(context.getBeanFactory(), agents.agent(),
						InitializationMode.FIRST, null))
				.withPropertyValues(properties)
				.run((context) -> password[0] = context.getBean(UserDetailsService.class)
					.loadUserByUsername("user")
					.getPassword()
					.replace("{noop}", ""));
		}
		return password[0];
	}

	@Test
	void allWorkersHaveThePasswordThatTheFirstOnePrints(CapturedOutput output) {
		String first = password(Initialization.START, WorkerContexts.SECRET);
		assertThat(output).containsOnlyOnce(LINE + first);
		assertThat(password(Initialization.NOTHING, WorkerContexts.SECRET)).isEqualTo(first);
		assertThat(password(Initialization.ROLL_OUT, WorkerContexts.SECRET)).isEqualTo(first);
		assertThat(output).containsOnlyOnce(LINE);
	}

	@Test
	void anotherPoolHasAnotherPassword() {
		assertThat(password(Initialization.START, "YW5vdGhlcg=="))
			.isNotEqualTo(password(Initialization.START, WorkerContexts.SECRET));
	}

	@Test
	void aPasswordOfTheUserStays(CapturedOutput output) {
		assertThat(password(Initialization.NOTHING, WorkerContexts.SECRET, "spring.security.user.password=mine"))
			.isEqualTo("mine");
		assertThat(output).doesNotContain(LINE);
	}

	@Test
	void withoutASecretSpringBootGeneratesThePassword(CapturedOutput output) {
		assertThat(output).doesNotContain(LINE);
		String password = password(Initialization.EVERYTHING, "");
		assertThat(output).containsOnlyOnce(LINE + password);
	}

	@Test
	void aSecretLooksLikeARandomUuid() {
		PoolSecret secret = new PoolSecret(WorkerContexts.SECRET);
		UUID uuid = UUID.fromString(secret.uuid("a"));
		assertThat(uuid.version()).isEqualTo(4);
		assertThat(uuid.variant()).isEqualTo(2);
		assertThat(secret.uuid("a")).isEqualTo(uuid.toString()).isNotEqualTo(secret.uuid("b"));
	}

}
