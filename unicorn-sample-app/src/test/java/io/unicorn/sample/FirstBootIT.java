package io.unicorn.sample;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A pool whose very first worker does not come up ends instead of trying on.
 */
@OneJdk
class FirstBootIT {

	private static final int BOOT_FAILED = 3;

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	@RegisterExtension
	final Pools pools = new Pools();

	@Test
	void aFirstBootThatFailsShowsTheWorkersOwnErrorAndEndsThePool() {
		RunningPool pool = this.pools.start(RunningPool.builder().bootingFast().args("--sample.boot.fail=true"));

		assertThat(pool.exitCode(TIMEOUT)).isEqualTo(BOOT_FAILED);
		assertThat(pool.output()).contains("sample.boot.fail is set").contains("worker failed to boot");
		assertOneWorkerWasStarted(pool);
		assertThat(pool.pids()).isEmpty();
	}

	@Test
	void aFirstBootThatHangsEndsThePool(@TempDir Path directory) throws Exception {
		Path hanging = Files.createFile(directory.resolve("hanging"));
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.args("--sample.boot.hang-if-exists=" + hanging, "--unicorn.boot-timeout=6s"));

		assertThat(pool.exitCode(TIMEOUT)).isEqualTo(BOOT_FAILED);
		assertThat(pool.output()).contains("did not become ready within its boot-timeout of 6 s")
			.contains("Full thread dump")
			.contains("worker failed to boot");
		assertOneWorkerWasStarted(pool);
		assertThat(pool.pids()).isEmpty();
	}

	private static void assertOneWorkerWasStarted(RunningPool pool) {
		assertThat(pool.output()).containsOnlyOnce(" spawned\n");
	}

}
