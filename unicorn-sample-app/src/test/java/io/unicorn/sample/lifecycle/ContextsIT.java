package io.unicorn.sample.lifecycle;

import java.nio.file.Path;
import java.util.regex.Pattern;

import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.FreePort;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the web server of each context that a worker builds uses the listener of the
 * pool, and what happens if it cannot.
 */
@OneJdk
class ContextsIT {

	private static final Pattern STARTED = Pattern.compile("Started SampleApplication");

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	private Path directory;

	@Test
	void aContextThatAWorkerBuildsAgainServesAgain() throws Exception {
		Path jar = AppJar.version("1").with(RestartController.class).overwrite(this.directory.resolve("app.jar"));
		RunningPool pool = this.pools.start(RunningPool.builder().jar(jar).bootingFast().args("--unicorn.workers=1"));
		pool.awaitReady(1);
		WorkerView before = WorkerView.oldest(pool.pool());

		for (int i = 0; i < 2; i++) {
			int mark = pool.mark();
			assertThat(pool.get("/restart").text()).isEqualTo("restarting\n");
			pool.awaitOutputAfter(mark, STARTED, RunningPool.PATIENCE);
			// Waits in the backlog until the new context is ready.
			assertThat(pool.get("/whoami").text()).contains("\"pid\":" + before.pid());
		}
		assertThat(WorkerView.oldest(pool.awaitReady(1)).id()).isEqualTo(before.id());
		assertThat(pool.rollOut().state()).isEqualTo("succeeded");
		assertThat(pool.stop()).isZero();
		assertThat(pool.output()).doesNotContain("already in use", " ERROR ", "was killed");
	}

	@Test
	void anApplicationWhoseServerDoesNotUseTheListenerRunsWithoutAPool() throws Exception {
		Path jar = AppJar.version("1").with(OtherProtocol.class).overwrite(this.directory.resolve("app.jar"));
		RunningPool pool = this.pools.start(RunningPool.builder()
			.jar(jar)
			.bootingFast()
			.args("--spring.profiles.active=other-protocol", "--server.port=" + FreePort.choose()));

		pool.awaitOutputAfter(0, STARTED, RunningPool.PATIENCE);
		assertThat(pool.get("/whoami").text()).contains("\"pid\":" + pool.masterPid());
		assertThat(pool.output().lines().filter((line) -> line.contains("ERROR")).toList()).singleElement()
			.asString()
			.contains("No worker pool: its web server, ", "TomcatWebServer, does not use the listener",
					"The application runs in this one process");
		assertThat(pool.output()).doesNotContain("already in use", "APPLICATION FAILED TO START");
		pool.signal("TERM");
		assertThat(pool.exitCode(RunningPool.PATIENCE)).isEqualTo(143);
	}

}
