package io.unicorn.sample;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The second start of an application starts its first worker while it still reads its
 * configuration. What comes of it must not depend on that.
 */
class HeadStartIT {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	@TempDir
	private Path directory;

	@RegisterExtension
	final Pools pools = new Pools();

	@BeforeEach
	void startOnce() {
		RunningPool pool = this.pools.start(pool());
		pool.awaitReady(2);
		assertThat(pool.stop()).isZero();
	}

	private PoolBuilder pool() {
		return RunningPool.builder().bootingFast().args("--unicorn.work-dir=" + this.directory.resolve("work"));
	}

	@Test
	void theFirstWorkerIsThereBeforeTheMaster() throws IOException {
		RunningPool pool = this.pools.start(pool());
		long early = awaitEarlyWorker(pool);
		pool.awaitReady(2);
		assertThat(pool.workerPids()).contains(early);
		assertThat(pool.output()).contains("worker 0 (pid " + early + ") spawned")
			.contains("worker 0 (pid " + early + ") ready in")
			.containsOnlyOnce("listening on");
		pool.signal(early, "KILL");
		pool.awaitOutput("worker 0 (pid " + early + ") exited: killed by signal 9", TIMEOUT);
		pool.awaitReady(2);
		assertThat(pool.stop()).isZero();
	}

	@Test
	void aWorkerThatWasExpectedToBeOtherwiseIsReplaced() throws IOException {
		RunningPool pool = this.pools.start(pool().args("--unicorn.jvm-args=-Dforeseen=no"));
		long early = awaitEarlyWorker(pool);
		pool.awaitReady(2);
		assertThat(OsProcess.of(early)).isEmpty();
		assertThat(pool.workerPids())
			.allSatisfy((pid) -> assertThat(OsProcess.arguments(pid)).contains("-Dforeseen=no"));
		assertThat(pool.output()).doesNotContain("respawning");
		assertThat(pool.stop()).isZero();
	}

	@Test
	void noWorkerIsLeftWhereNoPoolIsWanted() {
		RunningPool pool = this.pools.start(pool().args("--unicorn.enabled=false"));
		long early = awaitEarlyWorker(pool);
		pool.awaitOutput("Started SampleApplication", TIMEOUT);
		assertThat(OsProcess.childrenOf(pool.masterPid())).isEmpty();
		assertThat(OsProcess.of(early)).isEmpty();
		pool.signal("TERM");
		pool.exitCode(TIMEOUT);
	}

	@Test
	void aWorkerWhosePoolIsKilledBeforeItKnowsItEndsWithoutAWord() {
		RunningPool pool = this.pools.start(pool());
		awaitEarlyWorker(pool);
		pool.signal("KILL");
		pool.awaitNoProcess(TIMEOUT);
		assertThat(pool.output()).doesNotContain("Exception").doesNotContain("Started SampleApplication");
		// The next start removes it; a process that is killed cannot.
		CleanUp.delete(this.directory.resolve("work/connections"));
	}

	/** As long as the process is a JVM that was started by the user. */
	private static long awaitEarlyWorker(RunningPool pool) {
		List<Long> early = new ArrayList<>();
		Await.until(TIMEOUT, () -> "a worker before the master", () -> {
			List<OsProcess> children = OsProcess.childrenOf(pool.masterPid());
			boolean master = OsProcess.arguments(pool.masterPid()).toString().contains("unicorn: master");
			children.stream()
				.filter((child) -> !master && OsProcess.arguments(child.pid()).toString().contains("unicorn: worker 0"))
				.forEach((child) -> early.add(child.pid()));
			return !early.isEmpty();
		});
		return early.get(0);
	}

}
