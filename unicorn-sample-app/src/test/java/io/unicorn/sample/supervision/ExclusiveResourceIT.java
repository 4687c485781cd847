package io.unicorn.sample.supervision;

import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.FreePort;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.pool.RunningPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests an application that opens a port which only one process can have.
 */
@OneJdk
class ExclusiveResourceIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	@TempDir
	@SuppressWarnings("NullAway.Init")
	static Path directory;

	@Test
	void oneWorkerServesAndTheMasterSaysWhyOthersDoNotBoot() throws Exception {
		try (RunningPool pool = RunningPool.builder()
			.jar(AppJar.version("1").with(OwnPort.class).overwrite(directory.resolve("app.jar")))
			.bootingFast()
			.args("--unicorn.workers=2", "--sample.own-port=" + FreePort.choose())
			.start()) {
			pool.awaitOutput(Pattern.compile("WARN .*seems to hold something that only one process can have: workers "
					+ "fail to boot while worker 0 \\(pid \\d+\\) serves, and the last one printed "
					+ "\"Caused by: java.net.BindException: Address already in use.*what-only-one-process-can-have"),
					TIMEOUT);
			assertThat(pool.get("/").status()).isEqualTo(200);
			JsonNode snapshot = pool.pool();
			assertThat(snapshot.path("ready").asInt()).isEqualTo(1);
			assertThat(snapshot.path("problem").asString()).contains("Address already in use");
			assertThat(pool.get("/actuator/health").status()).isEqualTo(200);
		}
	}

}
