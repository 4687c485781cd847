package io.unicorn.sample.supervision;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.SharedPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Reads every field of the endpoint, and changes the pool by it. The tests share a pool
 * and are ordered: the first one sees its beginning.
 */
@OneJdk
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EndpointIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private static final JsonMapper JSON = JsonMapper.builder().build();

	@RegisterExtension
	static final SharedPool SHARED = new SharedPool(3,
			() -> RunningPool.builder()
				.bootingFast()
				.args("--unicorn.workers=3", "--management.endpoint.unicorn.access=unrestricted"));

	private record Answer(int status, JsonNode body) {

	}

	private static Answer post(RunningPool pool, String operation, String body) throws Exception {
		HttpRequest request = HttpRequest
			.newBuilder(URI.create("http://127.0.0.1:" + pool.port() + "/actuator/unicorn/" + operation))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build();
		HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
		return new Answer(response.statusCode(), JSON.readTree(response.body()));
	}

	@Test
	@Order(1)
	void eachFieldOfTheDocumentIsTrue() throws Exception {
		RunningPool pool = SHARED.ready();
		try (HttpConnection client = pool.connect()) {
			assertThat(client.exchange(LoadRequest.get("/bytes?n=10").onKeepAlive()).status()).isEqualTo(200);
			assertIsTrue(pool.awaitPool("a request and its connection in heartbeats",
					(seen) -> sum(seen, "requests") > 0 && sum(seen, "connections") > 0, TIMEOUT), pool);
		}
	}

	private static void assertIsTrue(JsonNode document, RunningPool pool) {
		JsonNode master = document.path("master");
		assertThat(master.path("pid").asLong()).isEqualTo(pool.masterPid());
		assertThat(Instant.parse(master.path("startedAt").asString(""))).isBefore(Instant.now());
		assertThat(master.path("uptimeSeconds").asLong()).isPositive();
		assertThat(master.path("version").asString("")).isNotEmpty();
		assertThat(master.path("jdk").asString("")).startsWith(System.getProperty("java.specification.version"));
		assertThat(master.path("state").asString("")).isEqualTo("running");
		assertThat(master.path("generation").asInt()).isEqualTo(1);
		assertThat(document.path("target").asInt()).isEqualTo(3);
		assertThat(document.path("ready").asInt()).isEqualTo(3);
		assertThat(document.path("problem").asString("?")).isEmpty();
		assertThat(document.path("exits")).isEmpty();
		assertThat(document.path("lastExits")).isEmpty();
		assertThat(document.path("rollouts")).isEmpty();
		assertThat(document.path("listeners")).singleElement().satisfies((listener) -> {
			assertThat(listener.path("name").asString("")).isEqualTo("http");
			assertThat(listener.path("address").asString("")).endsWith(":" + pool.port());
			assertThat(listener.path("waiting").asInt(-1)).isNotNegative();
			assertThat(listener.path("backlog").asInt()).isPositive();
		});
		assertThat(WorkerView.all(document)).hasSize(3);
		assertThat(document.path("workers")).allSatisfy((worker) -> assertWorkerIsTrue(worker, pool));
	}

	private static void assertWorkerIsTrue(JsonNode worker, RunningPool pool) {
		assertThat(pool.workerPids()).contains(worker.path("pid").asLong());
		assertThat(worker.path("id").asLong()).isEqualTo(worker.path("index").asLong() + 1);
		assertThat(worker.path("state").asString("")).isEqualTo("ready");
		assertThat(worker.path("generation").asInt()).isEqualTo(1);
		assertThat(worker.path("leader").asBoolean()).isEqualTo(worker.path("index").asInt() == 0);
		Instant startedAt = Instant.parse(worker.path("startedAt").asString(""));
		Instant readyAt = Instant.parse(worker.path("readyAt").asString(""));
		assertThat(Duration.between(startedAt, readyAt)).hasMillis(worker.path("bootMillis").asLong());
		assertThat(worker.path("errors").asLong(-1)).isZero();
		assertThat(worker.path("inFlight").asInt(-1)).isNotNegative();
		assertThat(worker.path("oldestRequestMillis").asLong(-1)).isNotNegative();
		assertThat(worker.path("lastHeartbeatMillis").asLong(-1)).isNotNegative();
		long heap = worker.path("heapUsedBytes").asLong();
		assertThat(heap).isBetween(1L, worker.path("heapMaxBytes").asLong());
		assertThat(worker.path("rssBytes").asLong()).isGreaterThan(10_000_000);
		assertThat(worker.path("cpuPercent").asDouble(-1)).isNotNegative();
		assertThat(worker.path("threads").asInt()).isGreaterThan(10);
	}

	private static long sum(JsonNode document, String field) {
		return StreamSupport.stream(document.path("workers").spliterator(), false)
			.mapToLong((worker) -> worker.path(field).asLong())
			.sum();
	}

	@Test
	@Order(2)
	void oneWorkerIsShownByItsIndex() throws Exception {
		RunningPool pool = SHARED.ready();
		JsonNode worker = JSON.readTree(pool.get("/actuator/unicorn/1").body());
		assertThat(worker.path("pid")).isEqualTo(pool.pool().path("workers").get(1).path("pid"));
		assertThat(pool.get("/actuator/unicorn/7").status()).isEqualTo(404);
	}

	@Test
	@Order(3)
	void wrongInputIsRefusedWithTheReason() throws Exception {
		RunningPool pool = SHARED.ready();
		for (List<String> wrong : List.of(List.of("scale", "{}", "the number 'workers' is missing"),
				List.of("scale", "{\"workers\":\"many\"}", "workers must be a number, not 'many'"),
				List.of("scale", "{\"workers\":0}", "a pool has from 1 to 1024 workers, not 0"),
				List.of("retire", "{\"index\":7}", "there is no worker 7"),
				List.of("dump", "{\"index\":7}", "there is no worker 7"),
				List.of("reload", "{\"wait\":\"long\"}", "wait must be a time like 10s, not 'long'"))) {
			Answer answer = post(pool, wrong.get(0), wrong.get(1));
			assertThat(answer.status()).isEqualTo(400);
			assertThat(answer.body().path("reason").asString("")).isEqualTo(wrong.get(2));
		}
		assertThat(pool.post("/actuator/unicorn/scale", new byte[0]).status()).isEqualTo(415);
		assertThat(pool.pool().path("target").asInt()).isEqualTo(3);
	}

	@Test
	@Order(4)
	void aWorkerWritesItsThreads() throws Exception {
		RunningPool pool = SHARED.ready();
		WorkerView worker = WorkerView.oldest(pool.pool());
		int mark = pool.mark();
		assertThat(post(pool, "dump", "{\"index\":" + worker.index() + "}").status()).isEqualTo(202);
		pool.awaitOutputAfter(mark,
				Pattern.compile(worker.inLog()
						+ " writes its threads \\(requested over the endpoint\\)\n(?:.*\n)*Full thread dump "),
				TIMEOUT);
		assertThat(worker.following(pool.awaitReady(3)).pid()).isEqualTo(worker.pid());
	}

	@Test
	@Order(5)
	void aWorkerIsReplacedThatIsToRetire() throws Exception {
		RunningPool pool = SHARED.ready();
		WorkerView worker = WorkerView.oldest(pool.pool());
		assertThat(post(pool, "retire", "{\"index\":" + worker.index() + "}").status()).isEqualTo(202);
		JsonNode after = pool.awaitPool("the exit of the worker",
				(seen) -> WorkerView.exits(seen, "retired") == 1 && seen.path("ready").asInt() == 3, TIMEOUT);
		assertThat(WorkerView.all(after)).extracting(WorkerView::id).doesNotContain(worker.id());
		JsonNode exit = after.path("lastExits").get(0);
		assertThat(exit.path("id").asLong()).isEqualTo(worker.id());
		assertThat(exit.path("pid").asLong()).isEqualTo(worker.pid());
		assertThat(exit.path("reason").asString("")).isEqualTo("retired");
		assertThat(exit.path("detail").asString("")).isEqualTo("exited");
		assertThat(Instant.parse(exit.path("at").asString(""))).isBefore(Instant.now());
		assertThat(exit.path("dumpFile").asString("?")).isEmpty();
	}

	@Test
	@Order(6)
	void thePoolGrowsToFiveAndShrinksAgain() throws Exception {
		RunningPool pool = SHARED.ready();
		Answer answer = post(pool, "scale", "{\"workers\":5}");
		assertThat(answer.status()).isEqualTo(202);
		assertThat(answer.body().path("message").asString("")).isEqualTo("the pool goes from 3 to 5 workers");
		pool.awaitReady(5);
		assertThat(post(pool, "scale", "{\"workers\":3}").status()).isEqualTo(202);
		JsonNode after = pool.awaitPool("three workers", (seen) -> WorkerView.all(seen).size() == 3, TIMEOUT);
		assertThat(after.path("target").asInt()).isEqualTo(3);
		assertThat(WorkerView.exits(after, "scaled-down")).isEqualTo(2);
	}

	@Test
	@Nightly
	@Order(7)
	void aReloadHasAResult() throws Exception {
		RunningPool pool = SHARED.ready();
		Answer answer = post(pool, "reload", "{}");
		assertThat(answer.status()).isEqualTo(202);
		assertThat(answer.body().path("id").asLong()).isEqualTo(1);
		pool.awaitPool("the end of the roll-out",
				(seen) -> !seen.path("rollouts").isEmpty() && seen.path("rollouts").get(0).path("endedAt").isString(),
				TIMEOUT);
		assertThat(pool.get("/actuator/unicorn/rollouts/1").status()).isEqualTo(200);
		assertThat(pool.get("/actuator/unicorn/rollouts/2").status()).isEqualTo(404);
	}

}
