package io.unicorn.master.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.unicorn.posix.Command;
import io.unicorn.posix.Exits;
import io.unicorn.posix.jnr.JnrPosix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The threads of a real JVM by the names that HotSpot gives them.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CompilerThreadsTests {

	private static final int SIGKILL = 9;

	private static final String SCHED_OTHER = "0";

	private static final String SCHED_IDLE = "5";

	/** Of the fields behind the name; {@code man 5 proc} counts two more. */
	private static final int POLICY = 38;

	private final JnrPosix posix = new JnrPosix();

	private final CompilerThreads compilers = new CompilerThreads(this.posix);

	@TempDir
	private Path directory = Path.of("");

	private int pid;

	@AfterEach
	void end() throws InterruptedException {
		this.posix.kill(this.pid, SIGKILL);
		Exits.await(this.posix);
	}

	/** Start a JVM that does nothing, and wait until it has a thread. */
	private void startSleeper(String compilation, String thread) throws IOException {
		Path source = Files.writeString(this.directory.resolve("Sleeper.java"),
				"class Sleeper { public static void main(String[] args) throws Exception { Thread.sleep(60_000); } }");
		Path java = Path.of(System.getProperty("java.home"), "bin", "java");
		List<String> arguments = List.of("java", "-XX:+UseSerialGC", compilation, source.toString());
		this.pid = this.posix.spawn(new Command(java.toString(), arguments, Command.ownEnvironment()));
		await().until(() -> stats().anyMatch((stat) -> stat.contains(thread)));
	}

	private Stream<String> stats() {
		try (Stream<Path> threads = Files.list(Path.of("/proc/" + this.pid + "/task"))) {
			return threads.map(CompilerThreadsTests::stat).toList().stream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String stat(Path thread) {
		try {
			return Files.readString(thread.resolve("stat"));
		}
		catch (IOException ex) {
			// The thread has ended meanwhile.
			return "";
		}
	}

	private Set<String> policies(boolean optimizing) {
		return stats().filter((stat) -> !stat.isEmpty() && stat.contains("(C2 ") == optimizing)
			.map((stat) -> stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[POLICY])
			.collect(Collectors.toSet());
	}

	@Test
	void theOptimizingCompilerAloneWaitsForIdleProcessors() throws Exception {
		startSleeper("-XX:+TieredCompilation", "(C2 ");
		Assumptions.assumeTrue(this.posix.scheduleIdle(this.pid, "java"), "it may not come back");
		this.posix.scheduleNormally(this.pid, "java");
		assertThat(policies(true)).containsExactly(SCHED_OTHER);
		this.compilers.waitForIdleProcessors(this.pid);
		assertThat(policies(true)).containsExactly(SCHED_IDLE);
		assertThat(policies(false)).containsExactly(SCHED_OTHER);
		this.compilers.compete(this.pid);
		assertThat(policies(true)).containsExactly(SCHED_OTHER);
		assertThat(policies(false)).containsExactly(SCHED_OTHER);
	}

	@Test
	void aJvmWithoutOneStaysAsItIs() throws Exception {
		startSleeper("-XX:TieredStopAtLevel=1", "(C1 ");
		this.compilers.waitForIdleProcessors(this.pid);
		assertThat(policies(true)).isEmpty();
		assertThat(policies(false)).containsExactly(SCHED_OTHER);
	}

}
