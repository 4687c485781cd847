package io.unicorn.sample;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

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
	void oneWorkerIsEnough() throws IOException {
		configure("unicorn.workers=1");
	}

	private void configure(String line) throws IOException {
		Files.writeString(this.directory.resolve("application.properties"), line);
	}

	private void startOnce() {
		startAndStop(pool(), 1);
	}

	/** Returns the process id that the user has seen. */
	private long startAndStop(PoolBuilder builder, int workers) {
		RunningPool pool = this.pools.start(builder);
		pool.awaitReady(workers);
		assertThat(pool.workerPids()).hasSize(workers);
		assertThat(pool.stop()).isZero();
		return pool.masterPid();
	}

	private PoolBuilder pool() {
		return withOptimizingCompiler().bootingFast();
	}

	/** Each JVM writes down which classes it loads. */
	private PoolBuilder observedPool() {
		return pool().jvmFlags("-Xlog:class+load:file=" + this.directory.resolve("classes-%p.log"));
	}

	/**
	 * What a process did before it was the master: a master has none of the user's flags.
	 */
	private List<String> bootstrapClasses(long pid) throws IOException {
		try (Stream<String> lines = Files.lines(this.directory.resolve("classes-" + pid + ".log"))) {
			return lines.map((line) -> line.replaceFirst("^\\[.*?] (?:\\[.*?] ?)*", "").split(" ", -1)[0])
				.filter((name) -> name.startsWith("io.unicorn.boot.bootstrap."))
				.map((name) -> name.substring(name.lastIndexOf('.') + 1))
				.toList();
		}
	}

	@Test
	void whatTheLastStartHasFoundIsNotLookedForAgainUntilItChanges() throws IOException {
		long first = startAndStop(observedPool(), 1);
		assertThat(bootstrapClasses(first)).contains("MasterBootstrap").doesNotContain("ConfigurationQuestion");
		long second = startAndStop(observedPool(), 1);
		assertThat(bootstrapClasses(second)).contains("ConfigurationQuestion").doesNotContain("MasterBootstrap");
		configure("unicorn.workers=2");
		long third = startAndStop(observedPool(), 2);
		assertThat(bootstrapClasses(third)).contains("ConfigurationQuestion", "MasterBootstrap");
		long fourth = startAndStop(observedPool(), 2);
		assertThat(bootstrapClasses(fourth)).contains("ConfigurationQuestion").doesNotContain("MasterBootstrap");
	}

	@Test
	void aWorkerThatFindsSomethingElseThanThisProcessIsNotAskedTwice() throws IOException {
		String different = "--unicorn.jvm-args=-Dspring.application.name=other";
		startAndStop(observedPool().args(different), 1);
		long second = startAndStop(observedPool().args(different), 1);
		assertThat(bootstrapClasses(second)).contains("ConfigurationQuestion", "MasterBootstrap");
		long third = startAndStop(observedPool().args(different), 1);
		assertThat(bootstrapClasses(third)).contains("EarlyWorker", "MasterBootstrap")
			.doesNotContain("ConfigurationQuestion");
	}

	@Test
	void aPortThatIsTakenNowIsExplainedAsEver() throws IOException {
		try (ServerSocket other = new ServerSocket()) {
			int port = FreePort.choose();
			startAndStop(pool().args("--server.port=" + port), 1);
			other.bind(new InetSocketAddress(port));
			RefusedStart refused = RefusedStart.of(this.pools, pool().args("--server.port=" + port));
			assertThat(refused.output()).containsOnlyOnce("Port " + port + " was already in use");
		}
	}

	@Test
	void theFirstWorkerIsThereBeforeTheMaster() throws IOException {
		startOnce();
		RunningPool pool = this.pools.start(pool());
		long early = awaitEarlyWorker(pool);
		pool.awaitReady(1);
		assertThat(pool.workerPids()).contains(early);
		assertThat(pool.output()).contains("worker 0 (pid " + early + ") spawned")
			.contains("worker 0 (pid " + early + ") ready in")
			.containsOnlyOnce("listening on");
		pool.signal(early, "KILL");
		pool.awaitOutput("worker 0 (pid " + early + ") exited: killed by signal 9", TIMEOUT);
		pool.awaitReady(1);
		assertThat(pool.stop()).isZero();
	}

	@Test
	void aWorkerThatWasExpectedToBeOtherwiseIsReplaced() throws IOException {
		startOnce();
		RunningPool pool = this.pools.start(pool().args("--unicorn.jvm-args=-Dforeseen=no"));
		long early = awaitEarlyWorker(pool);
		pool.awaitReady(1);
		assertThat(OsProcess.of(early)).isEmpty();
		assertThat(pool.workerPids())
			.allSatisfy((pid) -> assertThat(OsProcess.arguments(pid)).contains("-Dforeseen=no"));
		assertThat(pool.output()).doesNotContain("respawning");
		assertThat(pool.stop()).isZero();
	}

	@Test
	void noWorkerIsLeftWhereNoPoolIsWanted() {
		startOnce();
		RunningPool pool = this.pools.start(pool().args("--unicorn.enabled=false"));
		long early = awaitEarlyWorker(pool);
		pool.awaitOutput("Started SampleApplication", TIMEOUT);
		assertThat(OsProcess.childrenOf(pool.masterPid())).isEmpty();
		assertThat(OsProcess.of(early)).isEmpty();
		pool.signal("TERM");
		pool.exitCode(TIMEOUT);
	}

	@Test
	void theCompilerOfAProcessThatDoesNotBecomeTheMasterDoesNotGoOnWaiting() throws IOException {
		startAndStop(withOptimizingCompiler(), 1);
		RunningPool process = this.pools.start(withOptimizingCompiler().args("--unicorn.enabled=false"));
		awaitEarlyWorker(process);
		process.awaitOutput("Started SampleApplication", TIMEOUT);
		assertThat(OptimizingCompilers.policies(process.masterPid())).containsExactly(OptimizingCompilers.USUAL);
		process.signal("TERM");
		process.exitCode(TIMEOUT);
	}

	private PoolBuilder withOptimizingCompiler() {
		return RunningPool.builder()
			.workingDirectory(this.directory)
			.args("--unicorn.work-dir=" + this.directory.resolve("work"));
	}

	@Test
	void aWorkerWhosePoolIsKilledBeforeItKnowsItEndsWithoutAWord() {
		startOnce();
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
