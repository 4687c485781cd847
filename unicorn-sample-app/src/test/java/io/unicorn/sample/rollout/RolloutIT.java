package io.unicorn.sample.rollout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.FreePort;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.Scratch;
import io.unicorn.sample.testsupport.SmallFileSystem;
import io.unicorn.sample.testsupport.Unpacked;
import io.unicorn.sample.testsupport.http.ExchangeException;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.load.LoadClient;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.load.Problem;
import io.unicorn.sample.testsupport.load.Report;
import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.ReadyWatcher;
import io.unicorn.sample.testsupport.pool.RolloutView;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.SharedPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import io.unicorn.sample.testsupport.process.Leftovers;
import io.unicorn.sample.testsupport.process.OsProcess;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests roll-outs while the application serves. The first tests share a pool and are
 * ordered, because each leaves another version behind.
 */
@OneJdk
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RolloutIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private static final Pattern COMPLETE = Pattern.compile("roll-out 1: complete: ");

	@TempDir
	@SuppressWarnings("NullAway.Init")
	static Path shared;

	@RegisterExtension
	static final SharedPool SHARED = new SharedPool(2,
			() -> RunningPool.builder().bootingFast().jar(AppJar.version("1").overwrite(shared.resolve("app.jar"))));

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	Path directory;

	@Test
	@Order(1)
	void aJarThatIsOverwrittenInPlaceUnderLoadLosesNoRequestAndHupRollsOutTheNewOne() throws Exception {
		RunningPool pool = SHARED.ready();
		Path jar = shared.resolve("app.jar");
		ReadyWatcher watcher = this.pools.closing(pool.watchReady());
		LoadClient load = this.pools.closing(load(pool));

		try (FileChannel file = FileChannel.open(jar, StandardOpenOption.WRITE)) {
			file.truncate(1000);
		}
		load.awaitAnswers(500, TIMEOUT);
		assertThat(pool.get("/actuator/metrics").status()).as("status of an endpoint whose classes were not loaded yet")
			.isEqualTo(200);
		AppJar.version("2").overwrite(jar);
		load.awaitAnswers(500, TIMEOUT);
		assertThat(pool.versions()).containsExactly("1");
		RolloutView rollout = pool.rollOut();

		assertThat(rollout.state()).as(rollout.toString()).isEqualTo("succeeded");
		load.stop().assertFlawless();
		assertThat(watcher.failures()).isEmpty();
		assertThat(watcher.minReady()).isEqualTo(2);
		assertThat(watcher.maxLive()).isEqualTo(3);
		assertThat(pool.versions()).containsExactly("2");
	}

	@Test
	@Nightly
	@Order(2)
	void theSettingsOfTheNewJarTakeEffect() throws Exception {
		RunningPool pool = SHARED.ready();
		AppJar.version("3")
			.with("unicorn.workers=1", "unicorn.worker-class=sync", "unicorn.timeout=2s", "unicorn.jvm-args=-Dnote=3")
			.overwrite(shared.resolve("app.jar"));

		assertThat(pool.rollOut().state()).isEqualTo("succeeded");

		JsonNode after = pool.awaitReady(1);
		assertThat(after.path("target").asInt()).isEqualTo(1);
		assertThat(OsProcess.arguments(WorkerView.oldest(after).pid())).contains("-Dnote=3");
		int mark = pool.mark();
		assertThatExceptionOfType(ExchangeException.class).isThrownBy(() -> pool.get("/sleep?ms=60000"));
		pool.awaitOutputAfter(mark, Pattern.compile("is hung, a request has been running for more than 2 s"), TIMEOUT);
		assertThat(pool.awaitReady(1).path("target").asInt()).isEqualTo(1);
		assertThat(pool.versions()).containsExactly("3");
		assertThat(pool.stop()).isZero();
	}

	@Test
	@Nightly
	void aNewPortOpensBeforeTheOldOneClosesAndNoConnectionIsReset() throws Exception {
		Path jar = AppJar.version("1").with("unicorn.workers=1", "server.port=0").overwrite(jar());
		RunningPool pool = this.pools.start(RunningPool.builder().bootingFast().jar(jar).portOfItsOwn());
		pool.awaitReady(1);
		int oldPort = pool.port();
		int newPort = FreePort.choose();
		LoadClient load = this.pools.closing(load(pool));
		AppJar.version("2").with("unicorn.workers=1", "server.port=" + newPort).overwrite(jar);

		pool.signal("HUP");
		Await.until(TIMEOUT, () -> "an answer on port " + newPort, () -> Leftovers.isListening(newPort));
		assertThat(Leftovers.isListening(oldPort)).isTrue();
		assertThat(get(newPort)).contains("\"version\":\"2\"");
		pool.awaitOutput(COMPLETE, TIMEOUT);

		Await.until(TIMEOUT, () -> "the end of port " + oldPort, () -> !Leftovers.isListening(oldPort));
		assertThatExceptionOfType(ExchangeException.class).isThrownBy(() -> get(oldPort))
			.extracting(ExchangeException::problem)
			.isEqualTo(Problem.CONNECT_REFUSED);
		Report report = load.stop();
		assertThat(report.problems().keySet()).as(report.toString())
			.isSubsetOf(Problem.CONNECT_REFUSED, Problem.CONNECT_TIMEOUT);
		assertThat(get(newPort)).contains("\"version\":\"2\"");
		assertThat(pool.stop()).isZero();
		assertThat(Leftovers.isListening(newPort)).isFalse();
	}

	@Test
	@Nightly
	void theOldPortServesAgainIfTheNewCodeFailsAfterThePortWasClosed() throws Exception {
		Path jar = AppJar.version("1").with("unicorn.workers=1", "server.port=0").overwrite(jar());
		// The canary passes after 6 s, exits after 8 s, and is watched for 12 s.
		RunningPool pool = this.pools
			.start(RunningPool.builder().bootingFast().jar(jar).portOfItsOwn().env("UNICORN_ROLLOUT_OBSERVE", "6s"));
		pool.awaitReady(1);
		int newPort = FreePort.choose();
		AppJar.version("2")
			.with("unicorn.workers=1", "server.port=" + newPort, "sample.boot.exit-after=8s")
			.overwrite(jar);

		pool.signal("HUP");
		pool.awaitOutput(Pattern.compile("worker 0 \\(pid \\d+\\) exited \\(reload\\)"), TIMEOUT);
		pool.awaitOutput("The pool goes back to generation 1", TIMEOUT);
		pool.awaitOutput("rolled back: 1 worker of generation 1 serve", TIMEOUT);

		assertThat(get(pool.port())).contains("\"version\":\"1\"");
		assertThat(RolloutView.latest(pool.pool()).state()).isEqualTo("rolled-back");
		Await.until(TIMEOUT, () -> "the end of port " + newPort, () -> !Leftovers.isListening(newPort));
		assertThat(pool.stop()).isZero();
	}

	/**
	 * Makes the kept generations old, because those used within ten minutes are not
	 * removed.
	 */
	@Test
	@Nightly
	void aChangedJarIsRolledOutAutomaticallyAndOnlyTheLastTwoGenerationsAreKept() throws Exception {
		Path jar = AppJar.version("1").overwrite(jar());
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.jar(jar)
			.args("--unicorn.workers=1", "--unicorn.reload-on-change=true"));
		pool.awaitReady(1);

		for (String version : List.of("2", "3")) {
			RolloutView before = RolloutView.latest(pool.pool());
			generations(pool).forEach(RolloutIT::makeOld);
			AppJar.version(version).overwrite(jar);
			assertThat(before.awaitNext(pool, TIMEOUT).state()).isEqualTo("succeeded");
			assertThat(pool.versions()).containsExactly(version);
		}

		Await.until(TIMEOUT, () -> "two generations instead of " + generations(pool),
				() -> generations(pool).size() == 2);
		assertThat(RolloutView.latest(pool.pool()).id()).isEqualTo(2);
		assertThat(pool.stop()).isZero();
	}

	@Test
	void hupRollsOutTheCurrentContentOfAClassPath() throws Exception {
		Unpacked.into(this.directory);
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.workingDirectory(this.directory)
			.launch("-cp", "BOOT-INF/classes:BOOT-INF/lib/*", "io.unicorn.sample.SampleApplication")
			.args("--unicorn.workers=1"));
		pool.awaitReady(1);
		Files.writeString(Files.createDirectories(this.directory.resolve("BOOT-INF/classes/config"))
			.resolve("application.properties"), "sample.version=2\n");

		assertThat(pool.rollOut().state()).isEqualTo("succeeded");

		assertThat(pool.versions()).containsExactly("2");
		assertThat(pool.stop()).isZero();
	}

	@Test
	@Nightly
	void aJarThatCannotBeExtractedRunsFromACopy() throws Exception {
		Path jar = properties("1").overwrite(jar());
		RunningPool pool = this.pools.start(RunningPool.builder().bootingFast().jar(jar).args("--unicorn.workers=1"));
		JsonNode first = pool.awaitReady(1);
		assertThat(jarOf(first)).startsWith(pool.workDir().resolve("generations"));

		properties("2").overwrite(jar);
		assertThat(pool.versions()).containsExactly("1");
		assertThat(pool.rollOut().state()).isEqualTo("succeeded");

		assertThat(pool.versions()).containsExactly("2");
		assertThat(pool.stop()).isZero();
	}

	@Test
	@Nightly
	void twoPoolsOfOneJarThatStartAtOnceShareItsCopy() throws Exception {
		PoolBuilder description = RunningPool.builder()
			.bootingFast()
			.args("--unicorn.workers=1", "--unicorn.work-dir=" + this.directory.resolve("work"));
		RunningPool one = this.pools.start(description);
		RunningPool other = this.pools.start(description);
		Path jar = jarOf(one.awaitReady(1));

		assertThat(jarOf(other.awaitReady(1))).isEqualTo(jar);
		assertThat(generations(one)).containsExactly(jar.getParent());
		assertThat(one.stop()).isZero();
		makeOld(jar.getParent());
		assertThat(other.rollOut().state()).isEqualTo("succeeded");
		assertThat(jar).exists();
		for (long process : List.of(other.masterPid(), WorkerView.oldest(other.awaitReady(1)).pid())) {
			assertThat(OsProcess.openFiles(process)).as("leases of process " + process).contains(jar.getParent());
		}
		assertThat(other.stop()).isZero();
	}

	@Test
	@Nightly
	void withoutSpaceForACopyWorkersRunTheJarItselfAndTheMasterLogsIt() throws Exception {
		SmallFileSystem disk = this.pools.closing(SmallFileSystem.mount(this.directory.resolve("disk"), 8));
		Path jar = AppJar.version("1").overwrite(jar());
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.jar(jar)
			.args("--unicorn.workers=1", "--unicorn.work-dir=" + disk.path()));

		assertThat(jarOf(pool.awaitReady(1))).isEqualTo(jar);
		assertThat(pool.output()).contains("workers run " + jar + " where it lies, because no copy of it could be made",
				"No space left on device): do not overwrite it while the pool runs");
		RolloutView rollout = pool.rollOut();
		assertThat(rollout.state()).isEqualTo("rolled-back");
		assertThat(rollout.log()).contains("The new code cannot be copied to where workers run it from",
				"No space left on device");
		assertThat(pool.stop()).isZero();
	}

	@Test
	void withAReadOnlyFileSystemSharedMemoryIsUsed() throws Exception {
		SmallFileSystem disk = this.pools.closing(SmallFileSystem.mount(this.directory.resolve("disk"), 1));
		disk.makeReadOnly();
		String user = "test-" + UUID.randomUUID();
		Path memory = this.pools.closing(new Scratch(Path.of("/dev/shm/unicorn-" + user))).path();
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.jvmFlags("-Duser.name=" + user)
			.args("--unicorn.workers=1", "--unicorn.work-dir=" + disk.path()));

		assertThat(jarOf(pool.awaitReady(1))).startsWith(memory);
		assertThat(pool.output()).contains("the private directory " + disk.path() + " cannot be used (" + disk.path()
				+ ": Read-only file system), " + memory + " is used instead");
		assertThat(pool.stop()).isZero();
		assertThat(Leftovers.files(memory, Leftovers.DOCUMENTED)).isEmpty();
	}

	private Path jar() {
		return this.directory.resolve("app.jar");
	}

	private static AppJar properties(String version) {
		return AppJar.version(version)
			.manifest("Main-Class", "org.springframework.boot.loader.launch.PropertiesLauncher");
	}

	private static LoadClient load(RunningPool pool) {
		return pool.load()
			.keepAlive(8)
			.connectionPerRequest(8)
			.send(LoadRequest.get("/whoami").expecting((response) -> response.text().contains("\"version\":")),
					LoadRequest.echo("unicorn".repeat(500).getBytes(StandardCharsets.UTF_8)),
					LoadRequest.get("/bytes?n=30000").expecting((response) -> response.length() == 30_000),
					LoadRequest.get("/sleep?ms=20").expecting((response) -> response.text().equals("slept 20 ms\n")))
			// LosslessIT has the full load; here, workers have to boot, too.
			.pause(Duration.ofMillis(20))
			.start();
	}

	/**
	 * Return the jar that the only worker runs.
	 */
	private static Path jarOf(JsonNode pool) {
		List<String> arguments = OsProcess.arguments(WorkerView.oldest(pool).pid());
		return Path.of(arguments.get(arguments.indexOf("-jar") + 1));
	}

	private static List<Path> generations(RunningPool pool) {
		try (Stream<Path> generations = Files.list(pool.workDir().resolve("generations"))) {
			return generations.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void makeOld(Path file) {
		try {
			Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofMinutes(11))));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String get(int port) throws ExchangeException {
		try (HttpConnection connection = HttpConnection
			.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT)) {
			return connection.exchange(LoadRequest.get("/whoami").onOwnConnection()).text();
		}
	}

}
