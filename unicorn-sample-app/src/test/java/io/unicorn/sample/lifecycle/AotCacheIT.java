package io.unicorn.sample.lifecycle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import io.unicorn.sample.testsupport.process.OsProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the class-data cache: a pool trains it while it serves, later workers and later
 * starts use it, and a damaged one is replaced.
 */
class AotCacheIT {

	/** Training has the lowest priority, so that it takes long on a busy machine. */
	private static final Duration TRAINED_WITHIN = Duration.ofMinutes(10);

	private static final Pattern TRAINED = Pattern.compile("cache of class data trained in .* MiB\\)");

	private static final Pattern TRAINING = Pattern.compile("training a cache of class data");

	private static final Pattern ARCHIVED = Pattern.compile("archive of the master's classes made in .* MiB\\)");

	@RegisterExtension
	private final Pools pools = new Pools();

	@TempDir
	private Path directory = Path.of("");

	private RunningPool start(String setting) {
		return this.pools.start(RunningPool.builder()
			.bootingFast()
			.env("UNICORN_AOTCACHE", setting)
			.args("--unicorn.workers=1", "--unicorn.work-dir=" + this.directory.resolve("work")));
	}

	private static long worker(RunningPool pool) {
		return WorkerView.oldest(pool.awaitReady(1)).pid();
	}

	/** Kill a worker and return the process id of its successor. */
	private static long replace(RunningPool pool, long pid) {
		pool.signal(pid, "KILL");
		return WorkerView.oldest(pool.awaitPool("another worker",
				(state) -> WorkerView.ready(state).stream().anyMatch((worker) -> worker.pid() != pid),
				RunningPool.PATIENCE))
			.pid();
	}

	/**
	 * Wait for the end of a training. Its nice value makes it slower than a test can wait
	 * on a busy machine, so root resets the nice value.
	 */
	private static void awaitTrained(RunningPool pool) throws IOException, InterruptedException {
		pool.awaitOutput(TRAINING, TRAINED_WITHIN);
		for (long pid : pool.pids()) {
			if (trains(pid)) {
				// Only root may; without it the test waits longer.
				new ProcessBuilder("renice", "-n", "0", "-g", String.valueOf(pid)).start().waitFor();
			}
		}
		pool.awaitOutput(TRAINED, TRAINED_WITHIN);
	}

	private static boolean usesCache(long pid) throws IOException {
		return Files.readString(Path.of("/proc/" + pid + "/maps"), StandardCharsets.ISO_8859_1).contains("/cache-");
	}

	private Path cache() throws IOException {
		try (Stream<Path> files = Files.walk(this.directory.resolve("work/generations"), 2)) {
			List<Path> caches = files.filter((file) -> file.getFileName().toString().startsWith("cache-")).toList();
			assertThat(caches).hasSize(1);
			return caches.get(0);
		}
	}

	@Test
	void laterWorkersAndLaterStartsUseTheCacheAndADamagedCacheIsReplaced() throws IOException, InterruptedException {
		RunningPool first = start("auto");
		long pid = worker(first);
		assertThat(usesCache(pid)).as("the first worker uses a cache").isFalse();
		awaitTrained(first);
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cache()))).isEqualTo("rw-------");
		assertThat(usesCache(replace(first, pid))).as("its successor uses the cache").isTrue();
		assertThat(usesCache(first.masterPid())).as("the first master uses a cache").isFalse();
		first.awaitOutput(ARCHIVED, TRAINED_WITHIN);
		assertThat(first.stop()).isZero();

		RunningPool second = start("auto");
		pid = worker(second);
		assertThat(usesCache(second.masterPid())).as("the master of the next start uses the cache").isTrue();
		assertThat(usesCache(pid)).as("the first worker of the next start uses the cache").isTrue();
		damage(cache());
		pid = replace(second, pid);
		assertThat(usesCache(pid)).as("a worker maps the damaged cache").isFalse();
		awaitTrained(second);
		assertThat(usesCache(replace(second, pid))).as("a worker uses the new cache").isTrue();
		assertThat(second.output()).containsOnlyOnce(
				"the cache of class data is dropped, because its file is damaged; another one is trained");
		assertThat(second.stop()).isZero();

		RunningPool third = start("off");
		assertThat(usesCache(worker(third))).as("a worker uses the cache although it is off").isFalse();
		assertThat(usesCache(third.masterPid())).as("the master uses the cache although it is off").isFalse();
		assertThat(third.stop()).isZero();
	}

	private static void damage(Path file) throws IOException {
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
			channel.write(ByteBuffer.wrap("damaged".getBytes(StandardCharsets.US_ASCII)), channel.size() / 2);
		}
	}

	@Test
	@Nightly
	@OneJdk
	void aStopEndsATrainingAndLeavesNoFiles() {
		RunningPool pool = start("auto");
		pool.awaitOutput(TRAINING, TRAINED_WITHIN);
		assertThat(pool.pids()).anyMatch(AotCacheIT::trains);
		assertThat(pool.stop()).isZero();
		pool.awaitNoProcess(Duration.ofSeconds(5));
		assertThat(pool.output()).doesNotContainPattern(TRAINED).doesNotContain("no cache of class data was trained");
	}

	private static boolean trains(long pid) {
		try {
			return OsProcess.arguments(pid).get(0).startsWith("unicorn: training");
		}
		catch (UncheckedIOException ex) {
			return false;
		}
	}

}
