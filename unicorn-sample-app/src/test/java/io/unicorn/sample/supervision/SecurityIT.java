package io.unicorn.sample.supervision;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;

import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A pool whose application has Spring Security on its class path, with what that protects
 * by default: everything but the health.
 */
@OneJdk
class SecurityIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private static final int FORBIDDEN = 403;

	private static final int UNAUTHORIZED = 401;

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	@SuppressWarnings("NullAway.Init")
	Path directory;

	private final HttpClient client = HttpClient.newHttpClient();

	private int get(RunningPool pool, String path, boolean known) throws IOException, InterruptedException {
		return status(pool, path, known, HttpRequest.newBuilder());
	}

	private int post(RunningPool pool, String path, String body, boolean known)
			throws IOException, InterruptedException {
		return status(pool, path, known,
				HttpRequest.newBuilder()
					.header("Content-Type", "application/json")
					.POST(HttpRequest.BodyPublishers.ofString(body)));
	}

	private int status(RunningPool pool, String path, boolean known, HttpRequest.Builder request)
			throws IOException, InterruptedException {
		if (known) {
			request.header("Authorization",
					"Basic " + Base64.getEncoder().encodeToString("ops:secret".getBytes(StandardCharsets.UTF_8)));
		}
		HttpResponse<String> response = this.client.send(
				request.uri(URI.create("http://localhost:" + pool.port() + path)).build(),
				HttpResponse.BodyHandlers.ofString());
		return response.statusCode();
	}

	@Test
	void nothingIsReadOrWrittenThatTheApplicationDoesNotAllow() throws Exception {
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.jar(AppJar.version("1")
				.with("management.endpoints.web.exposure.include=health,loggers,prometheus,unicorn")
				.with("management.endpoint.unicorn.access=unrestricted", "unicorn.dashboard.enabled=true")
				.with("spring.security.user.name=ops", "spring.security.user.password=secret")
				.security()
				.overwrite(Files.createFile(this.directory.resolve("app.jar"))))
			.args("--unicorn.workers=2"));
		pool.awaitOutput("pool is complete", TIMEOUT);

		assertThat(get(pool, "/actuator/health", false)).isEqualTo(200);
		for (String path : new String[] { "/actuator/unicorn", "/actuator/unicorn/1", "/actuator/unicorn/1/loggers",
				"/actuator/prometheus", "/unicorn" }) {
			assertThat(get(pool, path, false)).as(path + " for anybody").isEqualTo(UNAUTHORIZED);
			assertThat(get(pool, path, true)).as(path + " for a user").isEqualTo(200);
		}
		assertThat(get(pool, "/actuator/env", true)).as("not exposed").isEqualTo(404);
		assertThat(get(pool, "/actuator/unicorn/1/env", true)).as("not exposed").isEqualTo(404);

		assertThat(post(pool, "/actuator/unicorn/scale", "{\"workers\":3}", false)).isIn(UNAUTHORIZED, FORBIDDEN);
		assertThat(post(pool, "/actuator/loggers/a.b", "{\"configuredLevel\":\"DEBUG\"}", false)).isIn(UNAUTHORIZED,
				FORBIDDEN);
		// Spring Security asks users for a token against forged requests, too.
		assertThat(post(pool, "/actuator/unicorn/scale", "{\"workers\":3}", true)).isIn(UNAUTHORIZED, FORBIDDEN);
		assertThat(pool.output()).doesNotContain("number of workers changed");
	}

}
