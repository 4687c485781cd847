package io.unicorn.sample.lifecycle;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a pool ends without further attempts if its first worker cannot boot, and
 * waits for one that takes long.
 */
@OneJdk
class FirstBootIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	@RegisterExtension
	final Pools pools = new Pools();

	@Test
	void aFirstBootThatFailsShowsTheWorkersOwnErrorAndEndsThePool() {
		RunningPool pool = this.pools.start(RunningPool.builder().bootingFast().args("--sample.boot.fail=true"));

		assertThat(pool.exitCode(TIMEOUT)).as("as without a pool").isEqualTo(1);
		assertThat(pool.output()).contains("sample.boot.fail is set").contains("worker failed to boot");
		assertOneWorkerWasStarted(pool);
		assertThat(pool.pids()).isEmpty();
	}

	@Test
	void aFirstBootThatHangsIsToldOfUntilTheUserStopsIt(@TempDir Path directory) throws Exception {
		Path hanging = Files.createFile(directory.resolve("hanging"));
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.args("--sample.boot.hang-if-exists=" + hanging, "--unicorn.boot-timeout=6s"));

		pool.awaitOutput("and goes on: the first worker of a start has no boot-timeout; "
				+ "its main thread is in java.lang.Thread.sleep", TIMEOUT);
		pool.signal("TERM");
		assertThat(pool.exitCode(TIMEOUT)).isZero();
		assertOneWorkerWasStarted(pool);
		assertThat(pool.pids()).isEmpty();
	}

	private static void assertOneWorkerWasStarted(RunningPool pool) {
		assertThat(pool.output()).containsOnlyOnce(" spawned\n");
	}

}
