package io.unicorn.sample.lifecycle;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;

import io.unicorn.sample.lifecycle.EndingApplication.End;
import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that an application which ends its process of its own accord ends the pool, once
 * and with its exit code. How that is told from other ends depends on the JDK.
 */
@OneJdk
class ApplicationExitIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	@TempDir
	@SuppressWarnings("NullAway.Init")
	static Path directory;

	@RegisterExtension
	final Pools pools = new Pools();

	@BeforeAll
	static void write() throws Exception {
		AppJar.version("1")
			.with(EndingApplication.class)
			.with(EndingApplication.End.class)
			.with(EndingApplication.Failure.class)
			.manifest("Start-Class", EndingApplication.class.getName())
			.overwrite(jar());
	}

	private static Path jar() {
		return directory.resolve("app.jar");
	}

	private static PoolBuilder ending(End end) {
		return RunningPool.builder().bootingFast().jar(jar()).args(end.argument());
	}

	@ParameterizedTest
	@EnumSource(names = { "RUNNER", "MAIN" })
	void aJobRunsOnceAndThePoolEndsWithItsExitCode(End end) {
		RunningPool pool = this.pools.start(ending(end));

		assertThat(pool.exitCode(TIMEOUT)).as(pool.output()).isEqualTo(7);
		assertThat(pool.output()).containsOnlyOnce(EndingApplication.DONE)
			.containsOnlyOnce(" spawned\n")
			.contains("master stopped, exit code 7")
			.doesNotContain("ERROR");
		assertThat(pool.pids()).isEmpty();
	}

	@Test
	void anExceptionWithAnExitCodeIsAFailedBoot() {
		RunningPool pool = this.pools.start(ending(End.EXCEPTION));

		assertThat(pool.exitCode(TIMEOUT)).isEqualTo(7);
		assertThat(pool.output()).contains("worker failed to boot").containsOnlyOnce(" spawned\n");
	}

	@Test
	void anExitFromAnyThreadEndsThePool() {
		RunningPool pool = this.pools.start(ending(End.THREAD));

		assertThat(pool.exitCode(TIMEOUT)).as(pool.output()).isEqualTo(7);
		assertThat(pool.pids()).isEmpty();
	}

	@Test
	void theShutdownEndpointEndsThePool() throws Exception {
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.args("--management.endpoint.shutdown.access=unrestricted",
					"--management.endpoints.web.exposure.include=unicorn,shutdown"));
		pool.awaitReady(2);

		HttpRequest shutdown = HttpRequest
			.newBuilder(URI.create("http://localhost:" + pool.port() + "/actuator/shutdown"))
			.POST(HttpRequest.BodyPublishers.noBody())
			.build();
		assertThat(HttpClient.newHttpClient().send(shutdown, HttpResponse.BodyHandlers.discarding()).statusCode())
			.isEqualTo(200);

		assertThat(pool.exitCode(TIMEOUT)).as(pool.output()).isZero();
		assertThat(pool.output()).contains("its application has ended itself").doesNotContain("respawning");
		assertThat(pool.pids()).isEmpty();
	}

}
