package io.unicorn.sample.lifecycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.Scratch;
import io.unicorn.sample.testsupport.SmallFileSystem;
import io.unicorn.sample.testsupport.Unpacked;
import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RefusedStart;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.process.Leftovers;
import io.unicorn.sample.testsupport.process.ListeningAddresses;
import io.unicorn.sample.testsupport.process.OsProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the conditions under which an application runs without a pool.
 */
@OneJdk
class SingleProcessIT {

	private static final String DEBUGGER = "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0";

	@RegisterExtension
	final Pools pools = new Pools();

	@Test
	void aPoolThatIsSwitchedOffIsNotLogged() throws IOException {
		RunningPool app = this.pools.start(RunningPool.builder().bootingFast().args("--unicorn.enabled=false"));

		assertPlain(app);
		assertThat(app.output()).doesNotContain("master", "pool", "worker");
	}

	@Test
	void aDebuggedProcessStaysOneProcessAndLogsTheReason() throws IOException {
		RunningPool app = this.pools.start(RunningPool.builder().bootingFast().jvmFlags(DEBUGGER));

		assertPlain(app);
		assertThat(app.output()).containsOnlyOnce("Listening for transport dt_socket")
			.containsOnlyOnce("No worker pool: ")
			.containsPattern("INFO .*No worker pool: the JVM waits for a debugger; set unicorn.enabled=true");
	}

	@Test
	@Nightly
	void onlyOneWorkerOfADebuggedPoolWaitsForTheDebugger() {
		RunningPool pool = this.pools
			.start(RunningPool.builder().bootingFast().jvmFlags(DEBUGGER).args("--unicorn.enabled=true"));
		pool.awaitReady(2);

		assertThat(pool.workerPids()).hasSize(2)
			.filteredOn((pid) -> OsProcess.arguments(pid).contains(DEBUGGER))
			.hasSize(1);
		assertThat(pool.output()).containsPattern("only worker 0 \\(pid \\d+\\) runs with -agentlib:jdwp=");
	}

	/**
	 * As on a runtime that was made by jlink.
	 */
	@Test
	void aRuntimeWithoutAModuleThatAPoolNeedsServesInOneProcess() throws IOException {
		RunningPool app = this.pools.start(RunningPool.builder()
			.bootingFast()
			.jvmFlags("--limit-modules",
					"java.base,java.desktop,java.instrument,java.management,java.naming,java.net.http,"
							+ "java.security.jgss,java.sql,jdk.unsupported"));

		assertServesAlone(app, "this Java runtime lacks the module jdk.management, add it where the runtime is made");
	}

	@Test
	void aFlagThatCannotBeRemovedForOneWorkerServesInOneProcess(@TempDir Path directory) throws IOException {
		Path file = Files.writeString(directory.resolve("flags"), "-Dcom.sun.management.jmxremote.port=0\n"
				+ "-Dcom.sun.management.jmxremote.authenticate=false\n-Dcom.sun.management.jmxremote.ssl=false");
		RunningPool app = this.pools.start(RunningPool.builder().bootingFast().jvmFlags("@" + file));

		assertServesAlone(app, "Only one worker can have the JVM flag -Dcom.sun.management.jmxremote.port=0");
	}

	@Test
	@Nightly
	void temporaryFilesWithoutTheRightToExecuteAreNoObstacle(@TempDir Path directory) throws IOException {
		String user = "test-" + UUID.randomUUID();
		Path memory = this.pools.closing(new Scratch(Path.of("/dev/shm/unicorn-" + user))).path();
		Path temp = this.pools.closing(SmallFileSystem.mountWithoutExecution(directory.resolve("tmp"))).path();
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.jvmFlags("-Djava.io.tmpdir=" + temp, "-Duser.name=" + user)
			.args("--unicorn.work-dir=" + temp.resolve("work"), "--unicorn.workers=1"));
		pool.awaitReady(1);

		assertThat(OsProcess.arguments(pool.masterPid()))
			.anyMatch((argument) -> argument.startsWith("-Djffi.boot.library.path=" + memory.resolve("native")));
		assertThat(pool.rollOut().state()).isEqualTo("succeeded");
		pool.signal("USR2");
		pool.awaitOutput("the master was replaced", RunningPool.PATIENCE);
		assertThat(pool.stop()).isZero();
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

	@Test
	void aLimitOfOpenFilesThatIsTooLowForAPoolIsTheReasonForNone() {
		RunningPool app = this.pools.start(obstructed());

		app.awaitOutput("Started SampleApplication", RunningPool.PATIENCE);
		assertThat(app.output())
			.containsPattern("ERROR .*No worker pool: .*limit of open files is 120 \\(ulimit -n\\), "
					+ "and this pool needs 132")
			.doesNotContain("[         master]");
		app.signal("TERM");
		assertThat(app.exitCode(RunningPool.PATIENCE)).isEqualTo(143);
	}

	/** The limit of open files is an obstacle, and not one of the configuration. */
	private static PoolBuilder obstructed(String... args) {
		return RunningPool.builder()
			.bootingFast()
			.prefix("sh", "-c", "ulimit -n 120; exec \"$@\"", "sh")
			.args("--unicorn.workers=1")
			.args(args);
	}

	@Test
	void inPlaceOfAPoolTheApplicationListensOnTheFirstTcpAddressOfThePool(@TempDir Path directory) throws IOException {
		RunningPool app = this.pools
			.start(obstructed("--unicorn.bind=unix:" + directory.resolve("app.sock") + ",127.0.0.2:0"));

		app.awaitOutput("Started SampleApplication", RunningPool.PATIENCE);
		assertThat(app.output())
			.containsPattern("ERROR .*It listens on 127.0.0.2 with a free port, and not on unix:.*");
		assertThat(ListeningAddresses.of(app.masterPid())).isNotEmpty()
			.allMatch((address) -> address.startsWith("127.0.0.2:"));
		assertThat(directory).isEmptyDirectory();
	}

	@Test
	void inPlaceOfAPoolOnAUnixSocketAloneNothingIsStarted(@TempDir Path directory) {
		Path file = directory.resolve("app.sock");
		RefusedStart start = RefusedStart.of(this.pools, obstructed("--unicorn.bind=unix:" + file));

		assertThat(start.output()).contains("The limit of open files is 120", "cannot listen on unix:" + file,
				"add a TCP address to unicorn.bind");
		assertThat(directory).isEmptyDirectory();
	}

	private void assertEndsAlone(PoolBuilder description) {
		RunningPool app = this.pools.start(description);
		assertThat(app.exitCode(RunningPool.PATIENCE)).isZero();
		assertThat(app.output()).doesNotContain("[         master]", "spawned", "[worker-", "No worker pool", "WARN",
				"ERROR");
		assertThat(app.pids()).isEmpty();
		assertThat(app.workDir()).doesNotExist();
	}

	private static void assertServesAlone(RunningPool app, String reason) throws IOException {
		assertThat(app.get("/whoami").text()).contains("\"pid\":" + app.masterPid(), "\"worker\":null");
		assertThat(app.output().lines().filter((line) -> line.contains("ERROR"))).singleElement()
			.asString()
			.contains("No worker pool: " + reason,
					"The application runs in this one process, which the signal HUP ends.");
		assertThat(app.output()).doesNotContain("\tat ");
		assertThat(app.pids()).containsExactly(app.masterPid());
		app.signal("HUP");
		assertThat(app.exitCode(RunningPool.PATIENCE)).isEqualTo(129);
		assertThat(Leftovers.files(app.workDir(), Leftovers.DOCUMENTED)).isEmpty();
	}

	private static void assertPlain(RunningPool app) throws IOException {
		assertThat(app.get("/whoami").text()).contains("\"pid\":" + app.masterPid(), "\"worker\":null");
		assertThat(app.get("/actuator/unicorn").status()).isEqualTo(404);
		assertThat(app.get("/actuator/health").text()).doesNotContain("\"unicorn\"");
		assertThat(app.pids()).containsExactly(app.masterPid());
		assertThat(app.workDir()).doesNotExist();
	}

}
