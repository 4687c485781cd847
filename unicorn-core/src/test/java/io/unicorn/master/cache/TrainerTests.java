package io.unicorn.master.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.unicorn.launch.cache.CacheFile;
import io.unicorn.launch.cache.ClassDataCache;
import io.unicorn.launch.generation.Generation;
import io.unicorn.launch.plan.JavaCommandLine;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.MasterLog;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.master.arbiter.SimulatedPool;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.event.BackgroundThread;
import io.unicorn.posix.Exit;
import io.unicorn.posix.Exits;
import io.unicorn.posix.jnr.JnrPosix;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Trainings by real processes, and what workers are told of their results: a shell script
 * in the place of the JVM.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TrainerTests {

	/** Sets $cache to the file that the cache is to be written to. */
	private static final String FIND_CACHE = "for a in \"$@\"; do case $a in -XX:AOTCacheOutput=*) cache=${a#*=};; esac; done\n";

	private final JnrPosix posix = new JnrPosix();

	private final BlockingQueue<Event.CacheEvent> events = new LinkedBlockingQueue<>();

	@TempDir
	private Path workDir = Path.of("");

	@TempDir
	private Path jdk = Path.of("");

	@TempDir
	private Path proc = Path.of("");

	private final BackgroundThread background = new BackgroundThread((what, fault) -> {
		throw new AssertionError(what, fault);
	});

	private Trainer trainer = new Trainer(this.posix, this.workDir, this.events::add, this.background);

	private Caches caches = new Caches(this.proc, this.events::add);

	@BeforeEach
	void create() throws IOException {
		Files.createDirectories(generation());
		Files.createDirectories(this.jdk.resolve("bin"));
		Files.writeString(this.jdk.resolve("release"), "JAVA_VERSION=\"25\"\n");
		script("exit 0");
		this.trainer = new Trainer(this.posix, this.workDir, this.events::add, this.background);
		this.caches = new Caches(this.proc, this.events::add);
	}

	private Path generation() {
		return this.workDir.resolve("generations/00ff");
	}

	private void script(String script) throws IOException {
		Path java = Files.writeString(this.jdk.resolve("bin/java"), "#!/bin/sh\n" + script + "\n");
		Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
	}

	private LaunchPlan plan() {
		return new LaunchPlan("shop", SimulatedPool.settings(2), 2, new LaunchPlan.Bindings(List.of(), Map.of()),
				new LaunchPlan.Workers(this.jdk.resolve("bin/java").toString(),
						new JavaCommandLine("java", List.of("-Xmx64m"), List.of("-jar", "app.jar")),
						new Generation("00ff", generation(), generation().resolve("app.jar"),
								Generation.Form.EXTRACTED),
						List.of(), List.of(), List.of()),
				new LaunchPlan.Master(this.workDir.toString(), List.of(), null, List.of(), MasterLog.TEXT, Map.of()),
				List.of());
	}

	private ClassDataCache cache() {
		return ClassDataCache.of(plan()).orElseThrow();
	}

	private Event.CacheEvent begin() {
		return begin(this.trainer);
	}

	private Event.CacheEvent begin(Trainer by) {
		return by.train(cache(),
				(making) -> WorkerCommand.training(plan(), List.of("PATH=/usr/bin:/bin"), making.flags()));
	}

	private Event.CacheEvent result() throws InterruptedException {
		Exit exit = Exits.await(this.posix);
		assertThat(this.trainer.exited(exit)).isTrue();
		return event();
	}

	private Event.CacheEvent event() throws InterruptedException {
		return Objects.requireNonNull(this.events.poll(30, TimeUnit.SECONDS));
	}

	private void train() throws Exception {
		script(FIND_CACHE + "echo content > \"$cache\"");
		assertThat(begin()).isEqualTo(new Event.TrainingStarted(cache().key()));
		assertThat(result()).isEqualTo(new Event.Trained(cache().key(), 8));
	}

	private List<String> files() throws IOException {
		try (Stream<Path> files = Files.list(generation())) {
			return files.map((file) -> file.getFileName().toString()).toList();
		}
	}

	private Path file() {
		CacheFile file = new CacheFile(cache());
		assertThat(file.check()).isEqualTo(CacheFile.State.GOOD);
		return file.path();
	}

	private void maps(int pid, String text) throws IOException {
		Files.writeString(Files.createDirectories(this.proc.resolve(Integer.toString(pid))).resolve("maps"), text);
	}

	@Test
	void whatWasMadeIsGivenToTheNextWorkers() throws Exception {
		assertThat(this.caches.optionsFor(1, plan())).isEmpty();
		train();
		assertThat(files()).singleElement().asString().startsWith("cache-" + cache().key());
		assertThat(this.caches.exists(cache())).isTrue();
		assertThat(this.caches.optionsFor(2, plan())).containsExactly("-Xlog:aot*=off", "-XX:AOTCache=" + file());
	}

	@Test
	void aTrainingThatFailsTellsWhatWasPrinted() throws Exception {
		script(FIND_CACHE + "echo half > \"$cache\"; echo words; echo 'Error: no memory' >&2; exit 1");
		begin();
		assertThat(result()).isEqualTo(new Event.TrainingFailed(cache().key(),
				"the training failed with exit code 1: Error: no memory", List.of("words", "Error: no memory")));
		assertThat(files()).isEmpty();
	}

	@Test
	void aJvmThatWritesNoCacheHasFailed() throws Exception {
		begin();
		assertThat(result()).isEqualTo(new Event.TrainingFailed(cache().key(), "the JVM did not write it", List.of()));
		assertThat(files()).isEmpty();
	}

	@Test
	void aJvmThatCannotBeStarted() throws Exception {
		Files.delete(this.jdk.resolve("bin/java"));
		Files.createDirectory(this.jdk.resolve("bin/java"));
		assertThat(begin()).isInstanceOfSatisfying(Event.TrainingFailed.class,
				(failed) -> assertThat(failed.cause()).startsWith("it could not be started: "));
		assertThat(files()).isEmpty();
	}

	@Test
	void anotherPoolIsWaitedFor() throws Exception {
		script("exec sleep 600");
		begin();
		Trainer other = new Trainer(this.posix, this.workDir, this.events::add, this.background);
		assertThat(begin(other)).isEqualTo(new Event.TrainingPostponed(cache().key()));
		other.cancel();
		other.close();
		this.trainer.cancel();
		result();
	}

	@Test
	void whatIsCancelledEndsWithAllThatItHasStarted() throws Exception {
		Path pid = this.proc.resolve("pid");
		script("sleep 600 & echo $! > " + pid + ".new; mv " + pid + ".new " + pid + "; wait");
		begin();
		while (!Files.exists(pid)) {
			Thread.onSpinWait();
		}
		ProcessHandle child = ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
		this.trainer.cancel();
		assertThat(result()).isEqualTo(
				new Event.TrainingFailed(cache().key(), "the training was killed by signal 9 (SIGKILL)", List.of()));
		child.onExit().get(30, TimeUnit.SECONDS);
		assertThat(files()).isEmpty();
	}

	@Test
	void whatEndsWithTheMasterLeavesNothing() throws Exception {
		script("exec sleep 600");
		begin();
		this.trainer.close();
		assertThat(files()).isEmpty();
		assertThat(result()).isEqualTo(
				new Event.TrainingFailed(cache().key(), "the training was killed by signal 9 (SIGKILL)", List.of()));
		assertThat(files()).isEmpty();
	}

	@Test
	void theExitOfAWorkerIsNoResult() {
		assertThat(this.trainer.exited(new Exit(4711, 0, 0))).isFalse();
	}

	// What workers make of it

	@Test
	void aCacheThatTheJvmUsesStays() throws Exception {
		train();
		this.caches.optionsFor(1, plan());
		maps(10, "7f00-7f01 rw-p 00000000 08:01 42   " + file() + "\n");
		this.caches.inspect(1, 10);
		this.caches.optionsFor(2, plan());
		this.caches.inspect(2, 11);
		assertThat(this.events).as("a process that cannot be looked into is taken to use it").isEmpty();
		assertThat(this.caches.exists(cache())).isTrue();
	}

	@Test
	void aCacheThatTheJvmDoesNotUseIsRemovedAndReportedOnce() throws Exception {
		train();
		this.caches.optionsFor(1, plan());
		this.caches.optionsFor(2, plan());
		maps(10, "7f00-7f01 rw-p 00000000 08:01 42   /lib/libc.so\n");
		this.caches.inspect(1, 10);
		this.caches.inspect(2, 10);
		this.caches.inspect(3, 10);
		assertThat(this.events).containsExactly(new Event.CacheRejected(cache().key(), "the JVM does not use it"));
		assertThat(files()).isEmpty();
		assertThat(this.caches.optionsFor(4, plan())).isEmpty();
	}

	@Test
	void whoWasStartedWithAnEarlierOneSaysNothingOfIt() throws Exception {
		train();
		this.caches.optionsFor(1, plan());
		Files.delete(file());
		script(FIND_CACHE + "echo other > \"$cache\"");
		begin();
		result();
		maps(10, "");
		this.caches.inspect(1, 10);
		assertThat(this.events).isEmpty();
		assertThat(this.caches.exists(cache())).isTrue();
	}

	@Test
	void aDamagedFileIsReportedAndNotUsed() throws Exception {
		train();
		Files.writeString(file(), "CONTENT\n");
		assertThat(this.caches.optionsFor(1, plan())).isEmpty();
		assertThat(this.caches.optionsFor(2, plan())).isEmpty();
		assertThat(this.events).containsExactly(new Event.CacheRejected(cache().key(), "its file is damaged"));
		assertThat(files()).isEmpty();
	}

	@Test
	void aJvmThatCrashesWhileItBootsHasHadABadOne() throws Exception {
		train();
		this.caches.optionsFor(1, plan());
		this.caches.exited(1, 9);
		this.caches.optionsFor(2, plan());
		this.caches.exited(2, 0);
		maps(10, file().toString());
		this.caches.optionsFor(3, plan());
		this.caches.inspect(3, 10);
		this.caches.exited(3, 11);
		assertThat(this.events).as("killed, ended by itself, or ready before").isEmpty();
		this.caches.optionsFor(4, plan());
		this.caches.exited(4, 7);
		assertThat(this.events)
			.containsExactly(new Event.CacheRejected(cache().key(), "a JVM crashed that was booting from it"));
		assertThat(files()).isEmpty();
	}

}
