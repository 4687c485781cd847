package io.unicorn.sample;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where a pool is not wanted, there is none.
 */
@OneJdk
class OffIT {

	private static final String DEBUGGER = "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0";

	@RegisterExtension
	final Pools pools = new Pools();

	@Test
	void aPoolThatIsSwitchedOffIsNotMentioned() throws IOException {
		RunningPool app = this.pools.start(RunningPool.builder().bootingFast().args("--unicorn.enabled=false"));

		assertPlain(app);
		assertThat(app.output()).doesNotContain("master", "pool", "worker");
	}

	@Test
	void aProcessThatIsDebuggedStaysOneAndSaysWhy() throws IOException {
		RunningPool app = this.pools.start(RunningPool.builder().bootingFast().jvmFlags(DEBUGGER));

		assertPlain(app);
		assertThat(app.output()).containsOnlyOnce("Listening for transport dt_socket")
			.containsOnlyOnce("No worker pool: ")
			.containsPattern("INFO .*No worker pool: the JVM waits for a debugger; set unicorn.enabled=true");
	}

	@Test
	void onlyOneWorkerOfAPoolThatIsDebuggedWaitsForTheDebugger() {
		RunningPool pool = this.pools
			.start(RunningPool.builder().bootingFast().jvmFlags(DEBUGGER).args("--unicorn.enabled=true"));
		pool.awaitReady(2);

		assertThat(pool.workerPids()).hasSize(2)
			.filteredOn((pid) -> OsProcess.arguments(pid).contains(DEBUGGER))
			.hasSize(1);
		assertThat(pool.output()).containsPattern("only worker 0 \\(pid \\d+\\) runs with -agentlib:jdwp=");
	}

	@Test
	void anApplicationWithoutAWebServerStaysOneProcess() {
		assertEndsAlone(RunningPool.builder().bootingFast().args("--spring.main.web-application-type=none"));
	}

	@Test
	void aTrainingRunStaysOneProcess() {
		assertEndsAlone(RunningPool.builder().bootingFast().jvmFlags("-Dspring.context.exit=onRefresh"));
	}

	@Test
	void processingAheadOfTimeStaysOneProcess(@TempDir Path directory) throws IOException {
		Unpacked.into(directory);
		assertEndsAlone(RunningPool.builder()
			.bootingFast()
			.launch("-cp", directory.resolve("BOOT-INF/classes") + ":" + directory.resolve("BOOT-INF/lib/*"),
					"org.springframework.boot.SpringApplicationAotProcessor", "io.unicorn.sample.SampleApplication",
					directory.resolve("sources").toString(), directory.resolve("resources").toString(),
					directory.resolve("classes").toString(), "io.unicorn", "sample"));
		assertThat(directory.resolve("sources/io/unicorn/sample")).isNotEmptyDirectory();
	}

	private void assertEndsAlone(PoolBuilder description) {
		RunningPool app = this.pools.start(description);
		assertThat(app.exitCode(RunningPool.PATIENCE)).isZero();
		assertThat(app.output()).doesNotContain("[         master]", "spawned", "[worker-", "No worker pool", "WARN",
				"ERROR");
		assertThat(app.pids()).isEmpty();
		assertThat(app.workDir()).doesNotExist();
	}

	private static void assertPlain(RunningPool app) throws IOException {
		assertThat(app.get("/whoami").text()).contains("\"pid\":" + app.masterPid(), "\"worker\":null");
		assertThat(app.get("/actuator/unicorn").status()).isEqualTo(404);
		assertThat(app.get("/actuator/health").text()).doesNotContain("\"unicorn\"");
		assertThat(app.pids()).containsExactly(app.masterPid());
		assertThat(app.workDir()).doesNotExist();
	}

}
