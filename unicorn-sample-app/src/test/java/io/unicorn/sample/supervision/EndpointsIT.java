package io.unicorn.sample.supervision;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.SharedPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoints of each worker are reached through any, and a change reaches all.
 */
@OneJdk
class EndpointsIT {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final String LOGGER = "/actuator/loggers/io.unicorn.sample";

	/** Of each worker, another one is asked as well, with any luck. */
	private static final int TIMES = 4;

	@RegisterExtension
	static final SharedPool POOL = new SharedPool(3,
			() -> RunningPool.builder()
				.bootingFast()
				.args("--unicorn.workers=3", "--management.endpoints.web.exposure.include=*",
						"--management.endpoint.heapdump.access=unrestricted", "--management.info.process.enabled=true",
						"--unicorn.slow-request=300ms"));

	private static HttpResponse<String> send(HttpClient client, RunningPool pool, HttpRequest.Builder request,
			String path) throws IOException, InterruptedException {
		URI uri = URI.create("http://localhost:" + pool.port() + path);
		return client.send(request.uri(uri).build(), HttpResponse.BodyHandlers.ofString());
	}

	/** A client of its own connects anew, perhaps to another worker. */
	private static HttpResponse<String> send(RunningPool pool, HttpRequest.Builder request, String path)
			throws IOException, InterruptedException {
		return send(HttpClient.newHttpClient(), pool, request, path);
	}

	private static HttpResponse<String> get(RunningPool pool, String path) throws IOException, InterruptedException {
		return send(pool, HttpRequest.newBuilder(), path);
	}

	private static HttpRequest.Builder level(String level) {
		return HttpRequest.newBuilder()
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString("{\"configuredLevel\":\"" + level + "\"}"));
	}

	@Test
	void eachWorkerAnswersThroughAnyOther() throws Exception {
		RunningPool pool = POOL.ready();
		for (WorkerView worker : WorkerView.ready(pool.pool())) {
			String base = "/actuator/unicorn/" + worker.index();
			for (int i = 0; i < TIMES; i++) {
				JsonNode info = JSON.readTree(get(pool, base + "/info").body());
				assertThat(info.path("process").path("pid").asLong()).isEqualTo(worker.pid());
			}
			HttpResponse<String> dump = send(pool, HttpRequest.newBuilder().header("Accept", "text/plain"),
					base + "/threaddump");
			assertThat(dump.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
			assertThat(dump.body()).contains("\"unicorn-call\"", "RelayService.apply");
			assertThat(get(pool, base + "/metrics/jvm.memory.used?tag=area:heap").body()).contains("\"VALUE\"");
		}
	}

	@Test
	@Nightly
	void aHeapDumpIsAFileOfThatWorker() throws Exception {
		RunningPool pool = POOL.ready();
		HttpResponse<String> response = get(pool, "/actuator/unicorn/1/heapdump");
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		Path file = Path.of(JSON.readTree(response.body()).path("file").asString(""));
		assertThat(Files.size(file)).isGreaterThan(1_000_000);
		assertThat(file.getFileName().toString())
			.startsWith("heapdump-" + WorkerView.ready(pool.pool()).get(1).pid() + "-");
		Files.delete(file);
	}

	@Test
	void aLevelIsChangedInAllWorkers() throws Exception {
		RunningPool pool = POOL.ready();
		HttpResponse<String> changed = send(pool, level("TRACE"), LOGGER);
		assertThat(changed.statusCode()).isEqualTo(204);
		assertThat(changed.headers().firstValue("X-Unicorn-Workers")).hasValue("0,1,2");
		assertThat(changed.headers().firstValue("X-Unicorn-Workers-Missing")).isEmpty();
		for (int index = 0; index < 3; index++) {
			assertThat(get(pool, "/actuator/unicorn/" + index + "/loggers/io.unicorn.sample").body())
				.contains("\"configuredLevel\":\"TRACE\"");
		}
		HttpResponse<String> refused = send(pool, level("NONSENSE"), LOGGER);
		assertThat(refused.statusCode()).isEqualTo(400);
		assertThat(refused.headers().firstValue("X-Unicorn-Workers")).isEmpty();
	}

	@Test
	void anUnknownIndexAndAnUnknownEndpointAreNotFound() throws Exception {
		RunningPool pool = POOL.ready();
		HttpResponse<String> index = get(pool, "/actuator/unicorn/7/info");
		assertThat(index.statusCode()).isEqualTo(404);
		assertThat(index.body()).contains("no ready worker has the index 7");
		assertThat(get(pool, "/actuator/unicorn/1/nothing").statusCode()).isEqualTo(404);
		assertThat(get(pool, "/actuator/unicorn/1/metrics/no.such.meter").statusCode()).isEqualTo(404);
	}

	@Test
	void aStoppedWorkerIsReported() throws Exception {
		RunningPool pool = POOL.ready();
		WorkerView stopped = WorkerView.ready(pool.pool()).get(2);
		HttpClient client = clientOfAnother(pool, stopped);
		pool.signal(stopped.pid(), "STOP");
		try {
			HttpResponse<String> response = send(client, pool, HttpRequest.newBuilder(), "/actuator/unicorn/2/info");
			assertThat(response.statusCode()).isEqualTo(504);
			assertThat(response.body()).contains("worker 2 has not answered within 10 s");
			HttpResponse<String> changed = send(client, pool, level("INFO"), LOGGER);
			assertThat(changed.statusCode()).isEqualTo(204);
			assertThat(changed.headers().firstValue("X-Unicorn-Workers")).hasValue("0,1");
			assertThat(changed.headers().firstValue("X-Unicorn-Workers-Missing")).hasValue("2");
			assertThat(pool.output()).contains("has not reached all workers: worker 2 has not answered within 2 s");
		}
		finally {
			pool.signal(stopped.pid(), "CONT");
		}
		// It does late what it was asked for; other tests change the level as well.
		Await.until(Duration.ofSeconds(30), () -> "the level is changed", () -> isChanged(pool, "INFO"));
	}

	private static boolean isChanged(RunningPool pool, String level) {
		try {
			return get(pool, "/actuator/unicorn/2/loggers/io.unicorn.sample").body()
				.contains("\"configuredLevel\":\"" + level + "\"");
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	@Test
	void aSlowRequestIsLoggedWithItsStack() throws Exception {
		RunningPool pool = POOL.ready();
		int mark = pool.mark();
		// Another slow request of the same worker may have been logged just before.
		assertThat(get(pool, "/sleep?ms=9000").statusCode()).isEqualTo(200);
		String line = pool
			.awaitOutputAfter(mark, Pattern.compile("Slow request, .* GET /sleep.*"), Duration.ofSeconds(10))
			.group();
		assertThat(line).contains("GET /sleep, on thread").doesNotContain("ms=9000");
		assertThat(pool.output().substring(mark)).contains("WorkController.sleep");
	}

	/** Return a client whose connection, which it keeps, is not one to this worker. */
	private static HttpClient clientOfAnother(RunningPool pool, WorkerView worker)
			throws IOException, InterruptedException {
		while (true) {
			HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
			String info = send(client, pool, HttpRequest.newBuilder(), "/actuator/info").body();
			if (JSON.readTree(info).path("process").path("pid").asLong() != worker.pid()) {
				return client;
			}
		}
	}

}
