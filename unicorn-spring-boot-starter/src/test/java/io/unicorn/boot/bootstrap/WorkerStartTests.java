package io.unicorn.boot.bootstrap;

import java.util.concurrent.TimeUnit;

import io.unicorn.ipc.Message;
import io.unicorn.worker.TestAgents;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.bootstrap.DefaultBootstrapContext;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class WorkerStartTests {

	@Test
	void theConfigurationIsReportedToTheMaster() {
		MockEnvironment environment = new MockEnvironment().withProperty("unicorn.workers", "3");
		try (TestAgents agents = new TestAgents()) {
			WorkerStart.begin(agents.agent(), new DefaultBootstrapContext(), environment);
			Awaitility.await()
				.untilAsserted(() -> assertThat(agents.received()).filteredOn(Message.Hello.class::isInstance)
					.extracting((hello) -> ((Message.Hello) hello).configuration())
					.singleElement()
					.satisfies((settings) -> assertThat(settings).containsEntry("unicorn.workers", "3")));
		}
	}

}
