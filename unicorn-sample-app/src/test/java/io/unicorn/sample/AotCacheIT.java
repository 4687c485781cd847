package io.unicorn.sample;

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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The cache of class data: trained behind the back of a pool that serves, used by later
 * workers and by later starts, and replaced when it is damaged.
 */
class AotCacheIT {

	/** It comes last on a machine that may have other things to do. */
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

	/** Let another worker take the place of this one. */
	private static long replace(RunningPool pool, long pid) {
		pool.signal(pid, "KILL");
		return WorkerView.oldest(pool.awaitPool("another worker",
				(state) -> WorkerView.ready(state).stream().anyMatch((worker) -> worker.pid() != pid),
				RunningPool.PATIENCE))
			.pid();
	}

	/**
	 * A training waits for everybody else, which on a busy machine is longer than a test
	 * can wait. Its owner may give it the share of the others.
	 */
	private static void awaitTrained(RunningPool pool) throws IOException, InterruptedException {
		pool.awaitOutput(TRAINING, TRAINED_WITHIN);
		for (long pid : pool.pids()) {
			if (trains(pid)) {
				// Only root may; everybody else waits.
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
	void laterWorkersAndLaterStartsUseWhatWasTrainedAndDamageIsRepaired() throws IOException, InterruptedException {
		RunningPool first = start("auto");
		long pid = worker(first);
		assertThat(usesCache(pid)).as("the very first worker").isFalse();
		awaitTrained(first);
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cache()))).isEqualTo("rw-------");
		assertThat(usesCache(replace(first, pid))).as("its successor").isTrue();
		assertThat(usesCache(first.masterPid())).as("the very first master").isFalse();
		first.awaitOutput(ARCHIVED, TRAINED_WITHIN);
		assertThat(first.stop()).isZero();

		RunningPool second = start("auto");
		pid = worker(second);
		assertThat(usesCache(second.masterPid())).as("the master of the next start").isTrue();
		assertThat(usesCache(pid)).as("the first worker of the next start").isTrue();
		damage(cache());
		pid = replace(second, pid);
		assertThat(usesCache(pid)).as("nobody maps a damaged file").isFalse();
		awaitTrained(second);
		assertThat(usesCache(replace(second, pid))).as("the new cache").isTrue();
		assertThat(second.output()).containsOnlyOnce(
				"the cache of class data is dropped, because its file is damaged; another one is trained");
		assertThat(second.stop()).isZero();

		RunningPool third = start("off");
		assertThat(usesCache(worker(third))).as("who does not want it").isFalse();
		assertThat(usesCache(third.masterPid())).as("the master of who does not want it").isFalse();
		assertThat(third.stop()).isZero();
	}

	private static void damage(Path file) throws IOException {
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
			channel.write(ByteBuffer.wrap("damaged".getBytes(StandardCharsets.US_ASCII)), channel.size() / 2);
		}
	}

	@Test
	@OneJdk
	void aStopEndsATrainingAndLeavesNothingOfIt() {
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
