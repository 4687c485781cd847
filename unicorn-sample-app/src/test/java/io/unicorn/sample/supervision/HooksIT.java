package io.unicorn.sample.supervision;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the commands that the master runs.
 */
@OneJdk
class HooksIT {

	private static final List<String> HOOKS = List.of("on-starting", "when-ready", "on-reload", "worker-started",
			"worker-exited", "workers-changed", "on-exit");

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	@SuppressWarnings("NullAway.Init")
	Path directory;

	@Test
	@Nightly
	void eachHookTellsWhatHappens() throws IOException {
		Path file = this.directory.resolve("told");
		String[] arguments = HOOKS.stream()
			.map((hook) -> "--unicorn.hooks." + hook + "=echo $UNICORN_HOOK $UNICORN_WORKERS $UNICORN_WORKER_INDEX "
					+ "$UNICORN_REASON $UNICORN_EXIT_STATUS >> " + file)
			.toArray(String[]::new);
		RunningPool pool = this.pools
			.start(RunningPool.builder().bootingFast().args("--unicorn.rollout.observe=0").args(arguments));
		pool.awaitOutput("pool is complete", RunningPool.PATIENCE);
		awaitTold(file, "when-ready 2");
		assertThat(told(file)).containsExactly("on-starting 2", "worker-started 2 0", "worker-started 2 1",
				"when-ready 2");

		pool.signal(pool.workerPids().get(0), "KILL");
		Await.until(RunningPool.PATIENCE, () -> "a successor in " + told(file), () -> told(file).size() == 6);
		assertThat(told(file).get(4)).matches("worker-exited 2 [01] killed 137");
		assertThat(told(file).get(5)).matches("worker-started 2 [01]");

		pool.rollOut();
		pool.awaitReady(2);
		Await.until(RunningPool.PATIENCE, () -> "a roll-out in " + told(file), () -> told(file).size() == 11);
		assertThat(told(file).subList(6, 11)).startsWith("on-reload 2 SIGHUP", "worker-started 2 2")
			.filteredOn((line) -> line.matches("worker-exited 2 [012] reload (0|143)"))
			.hasSize(2);

		pool.signal("TTIN");
		pool.awaitReady(3);
		assertThat(pool.stop()).isZero();
		List<String> last = told(file).subList(11, told(file).size());
		assertThat(last).hasSize(6).startsWith("workers-changed 3").last().isEqualTo("on-exit 3 0");
		assertThat(last.get(1)).matches("worker-started 3 \\d");
		assertThat(last.subList(2, 5)).allMatch((line) -> line.matches("worker-exited 3 \\d shutdown (0|143)"));
	}

	@Test
	void aHookThatHangsIsKilledAndOneThatFailsIsLogged() {
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.args("--unicorn.hooks.timeout=1", "--unicorn.hooks.on-starting=sleep 600 & echo waiting; wait",
					"--unicorn.hooks.when-ready=echo said by the hook; exit 3", "--unicorn.hooks.on-exit=sleep 600"));
		pool.awaitOutput("hook when-ready failed with exit status 3", RunningPool.PATIENCE);
		assertThat(pool.stop()).isZero();
		List<String> lines = new ArrayList<>();
		for (String line : pool.output().lines().toList()) {
			for (String part : List.of("on-starting: waiting", "hook on-starting did not end within 1 s and was killed",
					"worker 0 (pid", "when-ready: said by the hook",
					"hook on-exit did not end within 1 s and was killed", "master stopped")) {
				if (line.contains(part) && !lines.contains(part)) {
					lines.add(part);
				}
			}
		}
		assertThat(lines).as("what the log tells, in this order: %s", pool.output())
			.containsExactly("on-starting: waiting", "hook on-starting did not end within 1 s and was killed",
					"worker 0 (pid", "when-ready: said by the hook",
					"hook on-exit did not end within 1 s and was killed", "master stopped");
	}

	private static void awaitTold(Path file, String line) {
		Await.until(RunningPool.PATIENCE, () -> line + " in " + told(file), () -> told(file).contains(line));
	}

	private static List<String> told(Path file) {
		try {
			return Files.exists(file)
					? Files.readAllLines(file).stream().map((line) -> line.replaceAll(" +", " ")).toList() : List.of();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
