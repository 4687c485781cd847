package io.unicorn.sample.supervision;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;

import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.FreePort;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoints of each worker of a reactive application are reached through any, and a
 * change reaches all, as {@link EndpointsIT} tests it with servlets.
 */
@OneJdk
class ReactiveEndpointsIT {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	/** Of each worker, another one is asked as well, with any luck. */
	private static final int TIMES = 6;

	private static final String LOGGER = "/loggers/io.unicorn.reactive";

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	private Path directory;

	private String base = "";

	private RunningPool start(AppJar jar, String exposed, String... args) {
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.jar(jar.overwrite(this.directory.resolve("app.jar")))
			.args("--unicorn.workers=2", "--management.endpoints.web.exposure.include=" + exposed,
					"--management.endpoint.heapdump.access=unrestricted", "--management.info.process.enabled=true")
			.args(args));
		pool.awaitOutput("pool is complete: 2 workers ready", RunningPool.PATIENCE);
		this.base = "http://localhost:" + pool.port() + "/actuator";
		return pool;
	}

	/** A client of its own connects anew, perhaps to another worker. */
	private HttpResponse<String> send(HttpRequest.Builder request, String path)
			throws IOException, InterruptedException {
		return HttpClient.newHttpClient()
			.send(request.uri(URI.create(this.base + path)).build(), HttpResponse.BodyHandlers.ofString());
	}

	private HttpResponse<String> get(String path) throws IOException, InterruptedException {
		return send(HttpRequest.newBuilder(), path);
	}

	private long count(String path) throws IOException, InterruptedException {
		JsonNode metric = JSON.readTree(get(path + "/metrics/jvm.threads.live").body());
		return metric.path("measurements").path(0).path("value").asLong();
	}

	@Test
	void theEndpointsOfEachWorkerAreReachedAndAChangeReachesAll() throws Exception {
		reachAll("reactor-netty", "management.server.port");
	}

	@ParameterizedTest
	@Nightly
	@CsvSource({ "tomcat, spring.webflux.base-path", "jetty, ''" })
	void onOtherServersTheyAreReachedAsWell(String server, String property) throws Exception {
		reachAll(server, property);
	}

	private void reachAll(String server, String property) throws Exception {
		int own = FreePort.choose();
		AppJar jar = switch (server) {
			case "tomcat" -> AppJar.reactiveOnTomcat();
			case "jetty" -> AppJar.reactiveOnJetty();
			default -> AppJar.reactive();
		};
		RunningPool pool = switch (property) {
			case "management.server.port" -> start(jar, "*", "--management.server.port=" + own);
			case "spring.webflux.base-path" -> start(jar, "*", "--spring.webflux.base-path=/app");
			default -> start(jar, "*");
		};
		this.base = switch (property) {
			case "management.server.port" -> "http://localhost:" + own + "/actuator";
			case "spring.webflux.base-path" -> "http://localhost:" + pool.port() + "/app/actuator";
			default -> this.base;
		};

		Set<Long> pids = new HashSet<>();
		for (int index = 0; index < 2; index++) {
			long pid = JSON.readTree(get("/unicorn/" + index).body()).path("pid").asLong();
			for (int i = 0; i < TIMES; i++) {
				HttpResponse<String> info = get("/unicorn/" + index + "/info");
				assertThat(JSON.readTree(info.body()).path("process").path("pid").asLong()).as(info.body())
					.isEqualTo(pid);
			}
			pids.add(pid);
			assertThat(
					send(HttpRequest.newBuilder().header("Accept", "text/plain"), "/unicorn/" + index + "/threaddump")
						.body())
				.contains("\"unicorn-call\"", "RelayService.apply");
			HttpResponse<String> dump = get("/unicorn/" + index + "/heapdump");
			Path file = Path.of(JSON.readTree(dump.body()).path("file").asString(""));
			assertThat(Files.size(file)).as(dump.body()).isGreaterThan(1_000_000);
			assertThat(file.getFileName().toString()).startsWith("heapdump-" + pid + "-");
			Files.delete(file);
		}
		assertThat(pids).hasSize(2).doesNotContain(0L);
		assertThat(count("")).as("threads of the pool")
			.isGreaterThan(count("/unicorn/0"))
			.isGreaterThan(count("/unicorn/1"));

		HttpResponse<String> changed = send(HttpRequest.newBuilder()
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString("{\"configuredLevel\":\"TRACE\"}")), LOGGER);
		assertThat(changed.statusCode()).isEqualTo(204);
		assertThat(changed.headers().firstValue("X-Unicorn-Workers")).hasValue("0,1");
		assertThat(changed.headers().firstValue("X-Unicorn-Workers-Missing")).isEmpty();
		for (int index = 0; index < 2; index++) {
			assertThat(get("/unicorn/" + index + LOGGER).body()).contains("\"configuredLevel\":\"TRACE\"");
		}
		assertThat(get("/unicorn/7/info").statusCode()).isEqualTo(404);
		assertThat(get("/unicorn/1/nothing").statusCode()).isEqualTo(404);
		assertThat(get("/unicorn/1/metrics/no.such.meter").statusCode()).isEqualTo(404);
	}

	@Test
	void nothingIsReadThatTheApplicationDoesNotAllow() throws Exception {
		int own = FreePort.choose();
		start(AppJar.reactive().security(), "health,loggers,unicorn", "--spring.security.user.name=ops",
				"--spring.security.user.password=secret", "--management.server.port=" + own);
		this.base = "http://localhost:" + own + "/actuator";
		String credentials = Base64.getEncoder().encodeToString("ops:secret".getBytes(StandardCharsets.UTF_8));
		for (int i = 0; i < TIMES; i++) {
			assertThat(get("/unicorn/1/loggers").statusCode()).isEqualTo(401);
			assertThat(
					send(HttpRequest.newBuilder().header("Authorization", "Basic " + credentials), "/unicorn/1/loggers")
						.statusCode())
				.isEqualTo(200);
		}
		assertThat(send(HttpRequest.newBuilder().header("Authorization", "Basic " + credentials), "/unicorn/1/env")
			.statusCode()).as("not exposed").isEqualTo(404);
	}

}
