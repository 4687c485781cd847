package io.unicorn.boot.actuate;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.unicorn.boot.autoconfigure.UnicornAutoConfiguration;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.worker.RequestLedger;
import io.unicorn.worker.TestAgents;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class UnicornRolloutEndpointTests {

	private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

	private final TestAgents master = new TestAgents();

	private final UnicornRolloutEndpoint endpoint = new UnicornRolloutEndpoint(new PoolView(this.master.agent()));

	@AfterEach
	void close() {
		this.master.close();
	}

	private void rollouts(String... states) {
		List<PoolSnapshot.RolloutInfo> rollouts = new java.util.ArrayList<>();
		for (String state : states) {
			@Nullable Instant end = state.equals("rolling") ? null : START.plusSeconds(9);
			rollouts.add(0, new PoolSnapshot.RolloutInfo(rollouts.size() + 1L, 1, 2, "app.jar", "SIGHUP", state, START,
					end, "", List.of(), List.of()));
		}
		this.master.pool(new PoolSnapshot(new PoolSnapshot.MasterInfo(1, START, 2, "running"), 2, 2, List.of(),
				Map.of(), rollouts));
	}

	@ParameterizedTest
	@CsvSource({ "1, 200", "2, 409", "3, 409", "4, 202", "5, 404" })
	void theStatusSaysHowARollOutCameOut(long id, int status) {
		rollouts("succeeded", "rolled-back", "aborted", "rolling");
		assertThat(this.endpoint.rollout(id).getStatus()).isEqualTo(status);
	}

	@Test
	void aRollOutIsAskedForAndHasANumber() {
		rollouts("succeeded");
		assertThat(this.endpoint.rollOut().getStatus()).isEqualTo(202);
		assertThat(this.endpoint.rollOut().getBody()).isEqualTo(Map.of("id", 2L));
	}

	@Test
	void theLatestComesFirst() {
		rollouts("succeeded", "rolled-back");
		assertThat(this.endpoint.rollouts().getBody()).extracting(PoolSnapshot.RolloutInfo::id).containsExactly(2L, 1L);
	}

	@Test
	void nobodyCanRollOutUnlessThatWasAllowed() {
		WebApplicationContextRunner worker = new WebApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(UnicornAutoConfiguration.class, UnicornActuatorAutoConfiguration.class))
			.withPropertyValues("management.endpoints.web.exposure.include=*")
			.withInitializer((context) -> {
				context.getBeanFactory().registerSingleton("unicornWorkerAgent", this.master.agent());
				context.getBeanFactory().registerSingleton("unicornRequestLedger", new RequestLedger(0, () -> {
				}));
			});
		worker.run((context) -> assertThat(context).hasSingleBean(UnicornEndpoint.class)
			.doesNotHaveBean(UnicornRolloutEndpoint.class));
		worker.withPropertyValues("management.endpoint.unicornrollout.access=UNRESTRICTED")
			.run((context) -> assertThat(context).hasSingleBean(UnicornRolloutEndpoint.class));
	}

}
