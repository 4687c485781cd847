package io.unicorn.sample.rollout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.load.LoadClient;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.load.Report;
import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.ReadyWatcher;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import io.unicorn.sample.testsupport.process.OsProcess;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests that a new master replaces the old one without losing requests, workers or
 * signals.
 */
class UpgradeIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private static final int UPGRADES = Nightly.LEFT_OUT ? 1 : 3;

	private static final Pattern REPLACED = Pattern.compile("the master was replaced, \\d workers serve on");

	/** More signals than can be sent while a master starts. */
	private static final int MOST_SIGNALS = 2000;

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	@SuppressWarnings("NullAway.Init")
	Path directory;

	private RunningPool start(PoolBuilder description) {
		RunningPool pool = this.pools.start(description.bootingFast().args("--unicorn.workers=2"));
		pool.awaitReady(2);
		return pool;
	}

	private static void upgrade(RunningPool pool) {
		int mark = pool.mark();
		pool.signal("USR2");
		pool.awaitOutputAfter(mark, REPLACED, TIMEOUT);
	}

	@Test
	void workersServeOnAndTheNewMasterSupervisesThem() throws Exception {
		RunningPool pool = start(RunningPool.builder().args("--unicorn.threads=4"));
		List<Long> workers = WorkerView.ready(pool.pool()).stream().map(WorkerView::pid).toList();
		ReadyWatcher watcher = this.pools.closing(pool.watchReady());
		LoadClient load = this.pools.closing(pool.load()
			.keepAlive(4)
			.connectionPerRequest(4)
			.send(LoadRequest.get("/sleep?ms=20").expecting((response) -> response.text().equals("slept 20 ms\n")))
			.timeout(Duration.ofSeconds(30))
			.pause(Duration.ofMillis(20))
			.start());

		for (int i = 0; i < UPGRADES; i++) {
			upgrade(pool);
		}

		assertThat(OsProcess.openFiles(pool.masterPid())).as("leases of the new master")
			.filteredOn((file) -> file.getParent() != null && file.getParent().endsWith("generations"))
			.hasSize(1);
		assertThat(WorkerView.ready(pool.pool()).stream().map(WorkerView::pid)).isEqualTo(workers);
		assertThat(pool.pool().path("exits")).isEmpty();
		Report report = load.stop();
		watcher.close();
		report.assertFlawless();
		assertThat(watcher.minReady()).isEqualTo(2);

		pool.signal(workers.get(0), "KILL");
		pool.awaitPool("a successor",
				(seen) -> WorkerView.exits(seen, "killed") == 1 && WorkerView.ready(seen).size() == 2, TIMEOUT);
		int mark = pool.mark();
		pool.signal("HUP");
		pool.awaitOutputAfter(mark, Pattern.compile("roll-out 1: complete"), TIMEOUT);
		assertThat(WorkerView.ready(pool.pool())).hasSize(2).allMatch((worker) -> worker.generation() == 2);
		assertThat(pool.stop()).isZero();
	}

	@Test
	@Nightly
	void signalsDuringAnUpgradeAreNotLost() throws Exception {
		RunningPool pool = start(RunningPool.builder());
		int mark = pool.mark();
		pool.signal("USR2");
		pool.awaitOutputAfter(mark, Pattern.compile("replacing the master"), TIMEOUT);
		// Some signals reach the old master, others the starting one. The
		// effect of each is awaited, because equal pending signals merge.
		int sent = 0;
		while (sent < MOST_SIGNALS && !REPLACED.matcher(pool.output().substring(mark)).find()) {
			pool.signal("USR1");
			sent++;
			int expected = sent;
			Await.until(TIMEOUT, () -> expected + " times the log file reopened", () -> reopened(pool) >= expected);
		}
		assertThat(sent).isBetween(1, MOST_SIGNALS - 1);
		assertThat(reopened(pool)).isEqualTo(sent);
		assertThat(pool.stop()).isZero();
	}

	private static int reopened(RunningPool pool) {
		return pool.output().split("log file reopened", -1).length - 1;
	}

	@Test
	@OneJdk
	void aMasterThatCannotStartLeavesTheOldOneRunning() throws Exception {
		Path jar = Files.copy(Path.of(System.getProperty(PoolBuilder.JAR_PROPERTY, "target/unicorn-sample-app.jar")),
				this.directory.resolve("app.jar"));
		RunningPool pool = start(RunningPool.builder().jar(jar));
		Files.writeString(jar, "not a jar");

		pool.signal("USR2");

		pool.awaitOutput(Pattern.compile("the master was not replaced and goes on: .*"), TIMEOUT);
		assertThat(pool.output()).contains("Invalid or corrupt jarfile");
		assertThat(pool.get("/whoami").status()).isEqualTo(200);
		pool.signal("TTIN");
		pool.awaitReady(3);
		assertThat(pool.stop()).isZero();
	}

	@Test
	@Nightly
	@OneJdk
	void aNewJdkRunsTheMasterAtOnceAndWorkersWithTheNextRollOut() throws Exception {
		Path present = Path.of(System.getProperty("java.home")).toRealPath();
		Path other = otherJdk(present);
		assumeTrue(other != null, "there is no second JDK in /usr/lib/jvm");
		Path jdk = Files.createSymbolicLink(this.directory.resolve("jdk"), present);
		RunningPool pool = start(RunningPool.builder().javaHome(jdk).jvmFlags("-XX:+IgnoreUnrecognizedVMOptions"));
		Files.delete(jdk);
		Files.createSymbolicLink(jdk, other);

		upgrade(pool);

		assertThat(program(pool.masterPid())).startsWith(other);
		assertThat(pool.workerPids()).allMatch((pid) -> program(pid).startsWith(present));
		int mark = pool.mark();
		pool.signal("HUP");
		pool.awaitOutputAfter(mark, Pattern.compile("roll-out 1: complete"), TIMEOUT);
		Await.until(TIMEOUT, () -> "two workers, not " + pool.workerPids(), () -> pool.workerPids().size() == 2);
		assertThat(pool.workerPids()).allMatch((pid) -> program(pid).startsWith(other));
		assertThat(pool.stop()).isZero();
	}

	private static Path program(long pid) {
		try {
			return Path.of("/proc/" + pid + "/exe").toRealPath();
		}
		catch (IOException ex) {
			throw new java.io.UncheckedIOException(ex);
		}
	}

	private static @Nullable Path otherJdk(Path present) throws IOException {
		Path installed = Path.of("/usr/lib/jvm");
		if (!Files.isDirectory(installed)) {
			return null;
		}
		try (Stream<Path> jdks = Files.list(installed)) {
			for (Path jdk : jdks.toList()) {
				if (Files.isExecutable(jdk.resolve("bin/javac")) && !jdk.toRealPath().equals(present)) {
					return jdk.toRealPath();
				}
			}
			return null;
		}
	}

}
