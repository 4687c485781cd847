package io.unicorn.sample.lifecycle;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.sun.management.OperatingSystemMXBean;
import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.Scratch;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.http.Response;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RefusedStart;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.process.Leftovers;
import io.unicorn.sample.testsupport.process.OsProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the effect of configuration on a pool, and the messages for invalid
 * configuration.
 */
@OneJdk
class ConfigurationIT {

	private static final Pattern SPAWNED = Pattern.compile("worker 0 \\(pid (\\d+)\\) spawned");

	private static final Pattern ANSWERED = Pattern.compile("\"worker\":(\\d+)");

	@RegisterExtension
	final Pools pools = new Pools();

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			workers              | -1     | a number from 1 to 1024, or auto
			workers              | 0      | a number from 1 to 1024, or auto
			workers              | many   | a number from 1 to 1024, or auto
			max-requests         | abc    | a number from 0 to 1000000000000
			max-requests-jitter  | -1     | a number from 0 to 1000000000000
			worker-class         | uvicorn | one of: event-loop, gthread, sync, virtual
			threads              | 0      | a number from 1 to 100000
			timeout              | -5     | a duration such as 30s, at most 365d, or 0 to switch it off
			graceful-timeout     | soon   | a duration such as 30s, longer than 0 and at most 365d
			enabled              | maybe  | true or false
			""")
	void aWrongValueIsExplainedAndNothingIsStarted(String name, String value, String allowed) {
		refused(RunningPool.builder().bootingFast().args("--unicorn." + name + "=" + value)).names("unicorn." + name,
				value, allowed);
	}

	@Test
	void aPropertyThatDoesNotExistIsRefused() {
		RefusedStart start = refused(RunningPool.builder().bootingFast().args("--unicorn.wokers=2"));

		assertThat(start.output()).contains("Property: unicorn.wokers\n", "Value: \"2\"\n", "unicorn.workers",
				"There is no property unicorn.wokers");
	}

	@Test
	void aWrongWebConcurrencyIsRefused() {
		refused(RunningPool.builder().bootingFast().env("WEB_CONCURRENCY", "lots").args("--unicorn.workers=auto"))
			.names("WEB_CONCURRENCY", "lots", "a number from 1 to 1024");
	}

	@Test
	void aPortThatIsTakenIsExplained() throws IOException {
		ServerSocket other = this.pools.closing(new ServerSocket(0));

		assertThat(refused(RunningPool.builder().bootingFast().args("--server.port=" + other.getLocalPort())).output())
			.contains("Port " + other.getLocalPort() + " was already in use");
		assertThat(refused(RunningPool.builder().bootingFast().args("--management.server.port=" + other.getLocalPort()))
			.output()).contains("Port " + other.getLocalPort() + " was already in use");
	}

	@Test
	void anAddressThatIncludesAnotherOneIsExplainedAndNamesNoOtherProgram() {
		assertThat(refused(RunningPool.builder().bootingFast().args("--unicorn.bind=0.0.0.0:18123,127.0.0.1:18123"))
			.output()).contains("0.0.0.0:18123 (http) includes it", "Remove one of them from unicorn.bind")
			.doesNotContain("already in use");
	}

	@Test
	void anInvalidPortIsExplained() {
		assertThat(refused(RunningPool.builder().bootingFast().args("--server.port=99999")).output())
			.contains("port 99999", "a port is a number from 0 to 65535", "Set server.port");
	}

	@Test
	void aWorkDirThatOthersCanReadIsRefused(@TempDir Path directory) throws IOException {
		Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));

		assertThat(refused(RunningPool.builder().bootingFast().args("--unicorn.work-dir=" + directory)).output())
			.contains(directory + " has mode rwxr-xr-x", "0700");
	}

	@Test
	void aWorkDirThatIsAFileIsRefused(@TempDir Path directory) throws IOException {
		Path file = Files.createFile(directory.resolve("file"));

		assertThat(refused(RunningPool.builder().bootingFast().args("--unicorn.work-dir=" + file)).output())
			.contains(file + " is not a directory", "The private directory cannot be used", "unicorn.work-dir");
	}

	/**
	 * The pool uses a directory in shared memory instead, under a unique name.
	 */
	@Test
	void aWorkDirThatCannotBeCreatedIsReplacedByOneInMemory() {
		String impossible = "/proc/unicorn";
		String user = "test-" + UUID.randomUUID();
		Path memory = this.pools.closing(new Scratch(Path.of("/dev/shm/unicorn-" + user))).path();
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.jvmFlags("-Duser.name=" + user)
			.args("--unicorn.workers=1", "--unicorn.work-dir=" + impossible));

		pool.awaitOutput("the private directory " + impossible + " cannot be used (", RunningPool.PATIENCE);
		assertThat(worker(pool)).anyMatch((argument) -> argument.startsWith(memory.resolve("generations").toString()));
		pool.awaitReady(1);
		assertThat(pool.stop()).isZero();
		assertThat(Leftovers.files(memory, Leftovers.DOCUMENTED)).isEmpty();
	}

	/**
	 * A limit on the size of files simulates a full disk.
	 */
	@Test
	void withoutAWritableDirectoryTheApplicationServesInOneProcessAndLogsTheReason(@TempDir Path directory)
			throws IOException {
		Path workDir = directory.resolve("work");
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.prefix("sh", "-c", "ulimit -f 200; exec \"$@\"", "sh")
			.args("--unicorn.work-dir=" + workDir));

		pool.awaitOutput(
				"No worker pool: there is no place for its files, " + workDir + " cannot be used: File too large",
				RunningPool.PATIENCE);
		pool.awaitOutput("Started SampleApplication", RunningPool.PATIENCE);
		pool.signal("TERM");
		assertThat(pool.exitCode(RunningPool.PATIENCE)).isEqualTo(143);
		assertThat(Leftovers.files(workDir, List.of())).isEmpty();
	}

	@Test
	void allWorkersShareOneRandomPortAndOneRandomManagementPort() throws IOException {
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.env("WEB_CONCURRENCY", "3")
			.args("--unicorn.workers=2", "--management.server.port=0"));
		pool.awaitOutput("pool is complete: 2 workers ready", RunningPool.PATIENCE);

		Set<String> workers = new HashSet<>();
		Await.until(Duration.ofSeconds(20), () -> "answers of both workers, but for " + workers, () -> {
			workers.add(worker(text(pool, "/whoami")));
			return workers.size() == 2;
		});
		assertThat(workers).containsExactlyInAnyOrder("0", "1");
		assertThat(pool.get("/actuator/unicorn").status()).isEqualTo(404);
		int port = Integer.parseInt(
				pool.awaitOutput(Pattern.compile("listening on \\S*:(\\d+) \\(management\\)"), Duration.ZERO).group(1));
		assertThat(port).isPositive().isNotEqualTo(pool.port());
		try (HttpConnection management = HttpConnection
			.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), RunningPool.PATIENCE)) {
			Response response = management.exchange(LoadRequest.get("/actuator/unicorn").onKeepAlive());
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.text()).contains("\"target\":2,\"ready\":2", "\"pid\":" + pool.masterPid());
		}
		assertThat(pool.workerPids()).as("workers, a number in unicorn.workers overrides WEB_CONCURRENCY").hasSize(2);
		assertThat(pool.output()).containsOnlyOnce(":" + pool.port() + " (http)\n");
		assertThat(OsProcess.arguments(pool.workerPids().get(0)))
			.anyMatch((flag) -> flag.startsWith("-XX:MaxRAMPercentage="));
		assertThat(pool.stop()).isZero();
	}

	@Test
	void webConcurrencyOverridesAuto() {
		RunningPool pool = this.pools
			.start(RunningPool.builder().bootingFast().env("WEB_CONCURRENCY", "3").args("--unicorn.workers=auto"));

		pool.awaitOutput("starting 3 workers of class gthread", RunningPool.PATIENCE);
	}

	@Test
	void autoIsLoweredUntilTheHeapsFitTheMemory() {
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.jvmFlags("-Xmx" + totalMemoryBytes() * 2 / 3)
			.args("--unicorn.workers=auto"));

		pool.awaitOutput("unicorn.workers=auto gives 1 instead of ", RunningPool.PATIENCE);
		assertThat(pool.output()).contains("starting 1 worker of class gthread");
		assertThat(worker(pool)).as("flags of the worker, whose heap the user has set")
			.noneMatch((flag) -> flag.contains("MaxRAMPercentage"));
	}

	@Test
	void flagsOfTheUserAreKept() {
		RunningPool pool = this.pools.start(RunningPool.builder()
			.jvmFlags("-XX:MaxRAMPercentage=5", "-XX:+UseParallelGC")
			.args("--unicorn.workers=1", "--unicorn.jvm-profile=compact"));

		assertThat(worker(pool)).filteredOn((flag) -> flag.contains("MaxRAMPercentage"))
			.containsExactly("-XX:MaxRAMPercentage=5");
		assertThat(worker(pool)).filteredOn((flag) -> flag.endsWith("GC")).containsExactly("-XX:+UseParallelGC");
		assertThat(worker(pool)).contains("-XX:MaxHeapFreeRatio=30");
		pool.awaitOutput("pool is complete", RunningPool.PATIENCE);
	}

	private RefusedStart refused(PoolBuilder description) {
		return RefusedStart.of(this.pools, description);
	}

	/**
	 * Return the command line of the first worker, which need not be ready. The kernel
	 * shows it slightly later than the process.
	 */
	private static List<String> worker(RunningPool pool) {
		long pid = Long.parseLong(pool.awaitOutput(SPAWNED, RunningPool.PATIENCE).group(1));
		Await.until(RunningPool.PATIENCE, () -> "a command line of process " + pid,
				() -> OsProcess.arguments(pid).size() > 1);
		return OsProcess.arguments(pid);
	}

	private static String text(RunningPool pool, String path) {
		try {
			return pool.get(path).text();
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private static String worker(String whoAmI) {
		Matcher matcher = ANSWERED.matcher(whoAmI);
		assertThat(matcher.find()).isTrue();
		return matcher.group(1);
	}

	private static long totalMemoryBytes() {
		return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
	}

}
