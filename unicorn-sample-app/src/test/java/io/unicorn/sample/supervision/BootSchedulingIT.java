package io.unicorn.sample.supervision;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.load.LoadClient;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.process.CompilerPolicies;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a replacement boots on some of the processors, and runs on all of them when
 * it is ready.
 */
@OneJdk
class BootSchedulingIT {

	private static final Pattern SPAWNED = Pattern.compile("worker \\d+ \\(pid (\\d+)\\) spawned as a replacement");

	private static final Pattern READY = Pattern.compile("worker \\d+ \\(pid \\d+\\) ready in");

	private static final Pattern SUCCESSOR = Pattern.compile("worker \\d+ \\(pid (\\d+)\\) spawned");

	/** The pause of the load, short enough that the pool counts as serving. */
	private static final Duration PAUSE = Duration.ofMillis(100);

	@RegisterExtension
	final Pools pools = new Pools();

	@Test
	void aReplacementUsesSomeOfTheProcessorsUntilItIsReady() throws Exception {
		Assumptions.assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "there is one processor alone");
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.env("UNICORN_JVMPROFILE", "balanced")
			.env("UNICORN_WARMUP_PATHS", "/sleep?ms=2000")
			.env("UNICORN_WARMUP_REQUESTS", "1")
			.args("--unicorn.workers=1"));
		pool.awaitReady(1);
		Set<String> all = processors(pool.workerPids().get(0));
		assertThat(all).isEqualTo(processors(ProcessHandle.current().pid()));
		LoadClient load = this.pools
			.closing(pool.load().keepAlive(1).pause(PAUSE).send(LoadRequest.get("/whoami")).start());
		int mark = pool.mark();
		pool.signal("HUP");
		long spawned = Long.parseLong(pool.awaitOutputAfter(mark, SPAWNED, RunningPool.PATIENCE).group(1));
		Await.until(RunningPool.PATIENCE, () -> "it has " + processors(spawned),
				() -> processors(spawned).size() == 1 && !processors(spawned).equals(all));
		pool.awaitOutputAfter(mark, READY, RunningPool.PATIENCE);
		Await.until(RunningPool.PATIENCE, () -> "it has " + processors(spawned), () -> processors(spawned).equals(all));
		load.stop().assertFlawless();
		assertThat(pool.stop()).isZero();
	}

	@Test
	@Nightly
	void theOptimizingCompilerIsIdleUntilTheApplicationHasStarted() throws Exception {
		Assumptions.assumeTrue(CompilerPolicies.mayWait(), "it takes the privilege CAP_SYS_NICE");
		RunningPool pool = this.pools.start(RunningPool.builder()
			.env("UNICORN_JVMPROFILE", "balanced")
			.env("UNICORN_WARMUP_PATHS", "/sleep?ms=5000")
			.env("UNICORN_WARMUP_REQUESTS", "1")
			.args("--unicorn.workers=1"));
		pool.awaitReady(1);
		int mark = pool.mark();
		ProcessHandle.of(pool.workerPids().get(0)).orElseThrow().destroyForcibly();
		long spawned = Long.parseLong(pool.awaitOutputAfter(mark, SUCCESSOR, RunningPool.PATIENCE).group(1));
		Await.until(RunningPool.PATIENCE, () -> "its policy is " + CompilerPolicies.policies(spawned),
				() -> CompilerPolicies.policies(spawned).equals(Set.of(CompilerPolicies.WAITING)));
		Await.until(RunningPool.PATIENCE, () -> "its policy is " + CompilerPolicies.policies(spawned),
				() -> CompilerPolicies.policies(spawned).equals(Set.of(CompilerPolicies.USUAL)));
		assertThat(pool.output().substring(mark)).as("output until its compiler threads have the usual policy")
			.doesNotContainPattern(READY);
		pool.awaitOutputAfter(mark, READY, RunningPool.PATIENCE);
		assertThat(CompilerPolicies.policies(spawned)).containsExactly(CompilerPolicies.USUAL);
		assertThat(pool.stop()).isZero();
	}

	/** Return the lists of processors that the threads of a process may use. */
	private static Set<String> processors(long pid) {
		try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
			return threads.flatMap(BootSchedulingIT::lines)
				.filter((line) -> line.startsWith("Cpus_allowed_list"))
				.collect(Collectors.toSet());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Stream<String> lines(Path thread) {
		try {
			return Files.readAllLines(thread.resolve("status")).stream();
		}
		catch (IOException ex) {
			// The thread has ended meanwhile.
			return Stream.empty();
		}
	}

}
