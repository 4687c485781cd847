package io.unicorn.boot.bootstrap;

import java.util.concurrent.TimeUnit;

import io.unicorn.ipc.Message;
import io.unicorn.worker.TestAgents;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.bootstrap.BootstrapRegistry.InstanceSupplier;
import org.springframework.boot.bootstrap.DefaultBootstrapContext;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class WorkerStartTests {

	private final MockEnvironment environment = new MockEnvironment().withProperty("server.port", "9000");

	private final DefaultBootstrapContext bootstrapContext = new DefaultBootstrapContext();

	@Test
	void aConfigurationThatIsNotWhatWasToldIsRefused() {
		tell();
		this.environment.setProperty("server.port", "9001");
		try (TestAgents agents = new TestAgents()) {
			assertThatIllegalStateException().isThrownBy(() -> begin(agents))
				.withMessageContaining("after all EnvironmentPostProcessors had run");
		}
	}

	@Test
	void aConfigurationThatWasToldOrWasNotAskedForIsReported() {
		try (TestAgents agents = new TestAgents()) {
			begin(agents);
			awaitHello(agents);
		}
		tell();
		this.environment.setProperty("logging.file.name", "app-worker-0.log");
		try (TestAgents agents = new TestAgents()) {
			begin(agents);
			awaitHello(agents);
		}
	}

	private void tell() {
		this.bootstrapContext.register(Premises.class,
				InstanceSupplier.of(Premises.of(this.environment, getClass().getClassLoader())));
	}

	private void begin(TestAgents agents) {
		WorkerStart.begin(agents.agent(), this.bootstrapContext, this.environment, getClass().getClassLoader());
	}

	private static void awaitHello(TestAgents agents) {
		Awaitility.await()
			.untilAsserted(() -> assertThat(agents.received()).hasAtLeastOneElementOfType(Message.Hello.class));
	}

}
