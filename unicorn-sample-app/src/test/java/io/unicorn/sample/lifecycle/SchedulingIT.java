package io.unicorn.sample.lifecycle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that scheduled tasks run once in a pool, by the times that each run writes.
 */
@OneJdk
class SchedulingIT {

	private static final Pattern READY = Pattern.compile("ready in");

	private static final int RETIREMENTS = Nightly.LEFT_OUT ? 1 : 20;

	private static final int CRASHES = Nightly.LEFT_OUT ? 1 : 5;

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path directory;

	private RunningPool start(String... args) throws IOException {
		return start(AppJar.version("1").with(Ticks.class), args);
	}

	private RunningPool start(AppJar app, String... args) throws IOException {
		Path jar = app.overwrite(Files.createFile(this.directory.resolve("app.jar")));
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.jar(jar)
			.env("TICKS_FILE", file().toString())
			.env("UNICORN_ROLLOUT_OBSERVE", "0")
			.args(args));
		pool.awaitReady(2);
		return pool;
	}

	private Path file() {
		return this.directory.resolve("ticks");
	}

	/** Return what a column of the lines of a task says, in order. */
	private List<Long> runs(String task, int column) {
		return lines().stream()
			.map((line) -> line.split(" "))
			.filter((line) -> line[0].equals(task))
			.map((line) -> Long.valueOf(line[column]))
			.toList();
	}

	private List<String> lines() {
		try {
			return Files.exists(file()) ? Files.readAllLines(file()) : List.of();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static WorkerView leader(RunningPool pool) {
		return WorkerView
			.all(pool.awaitPool("a leader", (view) -> WorkerView.all(view).stream().anyMatch(WorkerView::leader),
					RunningPool.PATIENCE))
			.stream()
			.filter(WorkerView::leader)
			.findFirst()
			.orElseThrow();
	}

	/** Wait for a run of the present leader. */
	private void awaitRun() {
		int before = runs("cron", 1).size();
		Await.until(RunningPool.PATIENCE, () -> "a run", () -> runs("cron", 1).size() > before);
	}

	private static void lose(RunningPool pool, String signal) {
		int mark = pool.mark();
		pool.signal(leader(pool).pid(), signal);
		pool.awaitOutputAfter(mark, READY, RunningPool.PATIENCE);
	}

	@Test
	void eachTickHasOneRunThroughRetirementsCrashesAndARollOut() throws Exception {
		RunningPool pool = start("--unicorn.workers=2");
		for (int i = 0; i < RETIREMENTS; i++) {
			lose(pool, "TERM");
		}
		assertThat(pool.rollOut().state()).isEqualTo("succeeded");
		awaitRun();
		assertThat(ticks()).as("without a crash: %s", lines()).isEqualTo(allTicks());
		for (int i = 0; i < CRASHES; i++) {
			lose(pool, "KILL");
		}
		awaitRun();
		assertThat(pool.stop()).isZero();
		assertThat(ticks()).as("with crashes: %s", lines()).doesNotHaveDuplicates();
		assertThat(allTicks().size() - ticks().size()).as("lost runs: %s", lines()).isBetween(0, CRASHES);
		assertThat(runs("cron", 1).size() - runs("end", 1).size()).as("interrupted runs").isBetween(0, CRASHES);
		assertThat(runs("once", 2)).hasSize(1);
		assertThat(runs("rarely", 2)).hasSize(1);
		assertThat(runs("everywhere", 2)).doesNotHaveDuplicates().hasSizeGreaterThan(RETIREMENTS);
	}

	@Test
	@Nightly
	void jobsOfQuartzRunOnceThroughRetirementsCrashesAndARollOut() throws Exception {
		RunningPool pool = start(AppJar.version("1").quartz().withPackage(getClass().getPackageName() + ".quartz"),
				"--unicorn.workers=2");
		awaitRun();
		lose(pool, "TERM");
		assertThat(pool.rollOut().state()).isEqualTo("succeeded");
		awaitRun();
		assertThat(ticks()).as("without a crash: %s", lines()).isEqualTo(allTicks());
		lose(pool, "KILL");
		awaitRun();
		assertThat(pool.stop()).isZero();
		assertThat(ticks()).as("with a crash: %s", lines()).doesNotHaveDuplicates();
		assertThat(runs("once", 2)).hasSize(1);
	}

	/** Return the number of the tick of each run. */
	private List<Long> ticks() {
		return runs("cron", 1).stream().map((millis) -> millis / (Ticks.SECONDS * 1000)).toList();
	}

	private List<Long> allTicks() {
		List<Long> ticks = ticks();
		return LongStream.rangeClosed(ticks.get(0), ticks.get(ticks.size() - 1)).boxed().toList();
	}

	@Test
	@Nightly
	void onePropertyLetsEveryWorkerRunThem() throws Exception {
		RunningPool pool = start("--unicorn.workers=2", "--unicorn.scheduling=all");
		Await.until(RunningPool.PATIENCE, () -> "runs in both", () -> runs("once", 2).size() == 2);
		assertThat(pool.stop()).isZero();
	}

}
