package io.unicorn.boot.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.unicorn.boot.autoconfigure.UnicornAutoConfiguration;
import io.unicorn.boot.autoconfigure.actuate.UnicornActuatorAutoConfiguration;
import io.unicorn.boot.doctor.Doctor;
import io.unicorn.ipc.Message;
import io.unicorn.ipc.Message.Result;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.worker.TestAgents;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.web.WebEndpointHttpMethod;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.actuate.endpoint.web.WebOperation;
import org.springframework.boot.actuate.endpoint.web.WebOperationRequestPredicate;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class UnicornEndpointTests {

	private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

	private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

	private final TestAgents master = new TestAgents();

	private final UnicornEndpoint endpoint = new UnicornEndpoint(new PoolView(this.master.agent()), LONGEST_WAIT,
			new Doctor(new MockEnvironment(), null, List.of(), () -> 2));

	private final WebApplicationContextRunner worker = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(EndpointAutoConfiguration.class, WebEndpointAutoConfiguration.class,
				UnicornAutoConfiguration.class, UnicornActuatorAutoConfiguration.class))
		.withPropertyValues("management.endpoints.web.exposure.include=unicorn")
		.withInitializer(this.master::register);

	@AfterEach
	void close() {
		this.master.close();
	}

	/** Let the master describe a pool in which the worker of the agent is in a state. */
	private void pool(String state, String... rollouts) {
		List<PoolSnapshot.RolloutInfo> infos = new ArrayList<>();
		for (String rollout : rollouts) {
			@Nullable Instant end = rollout.equals("rolling") ? null : START.plusSeconds(9);
			infos.add(0, new PoolSnapshot.RolloutInfo(infos.size() + 1L, 1, 2, "app.jar", "SIGHUP", rollout, START, end,
					"", List.of(), List.of()));
		}
		this.master.pool(new PoolSnapshot(new PoolSnapshot.MasterInfo(1, START, 2, "running"), 2, 2,
				List.of(new PoolSnapshot.WorkerInfo(1, 5, 4711, 2, state, false, START, 0, 0)), Map.of(), infos));
	}

	private WebEndpointResponse<?> change(String operation, @Nullable String workers, @Nullable String index,
			@Nullable String wait) {
		return this.endpoint.change(operation, SecurityContext.NONE, workers, index, wait);
	}

	@ParameterizedTest
	@CsvSource({ "rollouts, 1, 200", "rollouts, 2, 409", "rollouts, 3, 409", "rollouts, 4, 202", "rollouts, 5, 404",
			"workers, 1, 404" })
	void theStatusTellsTheResultOfARollOut(String part, long id, int status) {
		pool("ready", "succeeded", "rolled-back", "aborted", "rolling");
		assertThat(this.endpoint.rollout(part, id).getStatus()).isEqualTo(status);
	}

	@Test
	void aRequestedRollOutHasANumber() {
		pool("ready", "succeeded");
		WebEndpointResponse<?> response = change("reload", null, null, null);
		assertThat(response.getStatus()).isEqualTo(202);
		assertThat(response.getBody()).isEqualTo(Map.of("id", 2L));
	}

	@ParameterizedTest
	@CsvSource({ "succeeded, 200", "rolled-back, 409" })
	void aReloadWaitsForItsResult(String result, int status) {
		pool("ready", "rolling");
		this.master.onRequest((request) -> pool("ready", "succeeded", result));
		WebEndpointResponse<?> response = change("reload", null, null, "20s");
		assertThat(response.getStatus()).isEqualTo(status);
		assertThat(response.getBody()).isInstanceOfSatisfying(PoolSnapshot.RolloutInfo.class,
				(rollout) -> assertThat(rollout.id()).isEqualTo(2));
	}

	@Test
	void aReloadDoesNotWaitInAWorkerThatHasToLeave() {
		pool("draining", "rolling");
		assertThat(change("reload", null, null, "20s").getBody()).isEqualTo(Map.of("id", 2L));
	}

	@Test
	void aReloadWaitsForTheTimeGivenAtMost() {
		pool("ready", "rolling");
		assertThat(change("reload", null, null, "300ms").getStatus()).isEqualTo(202);
		assertThat(change("reload", null, null, "-1s").getStatus()).isEqualTo(202);
	}

	@Test
	void theMasterGetsWhatIsAskedFor() {
		this.master.reply(Result.DONE, "done");
		assertThat(change("scale", "5", null, null).getBody()).isEqualTo(Map.of("message", "done"));
		assertThat(change("retire", null, "2", null).getStatus()).isEqualTo(202);
		assertThat(change("dump", null, "1", null).getStatus()).isEqualTo(202);
		assertThat(this.master.received()).containsSubsequence(
				new Message.ScaleRequest(1, 5, "requested over the endpoint"),
				new Message.RetireRequest(2, 2, "requested over the endpoint"),
				new Message.DumpRequest(3, 1, "requested over the endpoint"));
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", delimiter = '|',
			value = { "scale | - | the number 'workers' is missing", "retire | - | the number 'index' is missing",
					"scale | two | workers must be a number, not 'two'",
					"dump | 99999999999 | index must be a number, not '99999999999'",
					"reload | soon | wait must be a time like 10s, not 'soon'",
					"restart | - | there is no operation 'restart', only reload, scale, retire and dump" })
	void wrongInputIsRefusedWithTheReason(String operation, @Nullable String value, String reason) {
		WebEndpointResponse<?> response = change(operation, value, value, value);
		assertThat(response.getStatus()).isEqualTo(400);
		assertThat(response.getBody()).isEqualTo(Map.of("reason", reason));
		assertThat(this.master.received()).noneMatch(Message.Request.class::isInstance);
	}

	@ParameterizedTest
	@CsvSource({ "WRONG, 400", "REFUSED, 503" })
	void theMasterSaysWhyNot(Result result, int status) {
		this.master.reply(result, "because");
		WebEndpointResponse<?> response = change("retire", null, "7", null);
		assertThat(response.getStatus()).isEqualTo(status);
		assertThat(response.getBody()).isEqualTo(Map.of("reason", "because"));
	}

	@Test
	void aMasterThatDoesNotAnswerIsUnavailable() {
		assertThat(change("scale", "3", null, null).getStatus()).isEqualTo(503);
	}

	private List<WebOperationRequestPredicate> writes(ConfigurableApplicationContext context) {
		return context.getBean(WebEndpointsSupplier.class)
			.getEndpoints()
			.stream()
			.flatMap((endpoint) -> endpoint.getOperations().stream())
			.map(WebOperation::getRequestPredicate)
			.filter((predicate) -> predicate.getHttpMethod() == WebEndpointHttpMethod.POST)
			.toList();
	}

	@Test
	void aPageOfAnotherSiteCannotChangeThePool() {
		this.worker.withPropertyValues("management.endpoint.unicorn.access=UNRESTRICTED")
			.run((context) -> assertThat(writes(context.getSourceApplicationContext())).singleElement()
				.satisfies((predicate) -> assertThat(predicate.getConsumes()).contains("application/json")
					.doesNotContain("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "*/*")));
	}

	@Test
	void theEndpointOnlyReadsUnlessItsAccessIsConfigured() {
		this.worker.run((context) -> {
			assertThat(context).hasSingleBean(UnicornEndpoint.class);
			assertThat(writes(context.getSourceApplicationContext())).isEmpty();
		});
	}

}
