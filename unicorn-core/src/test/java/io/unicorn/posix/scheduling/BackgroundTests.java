package io.unicorn.posix.scheduling;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.unicorn.posix.Command;
import io.unicorn.posix.jnr.JnrPosix;
import io.unicorn.posix.jnr.Shells;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.unicorn.posix.scheduling.Threads.assumeNiceIsReversible;
import static io.unicorn.posix.scheduling.Threads.assumeNiceZero;
import static io.unicorn.posix.scheduling.Threads.processors;
import static io.unicorn.posix.scheduling.Threads.scheduling;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Puts real processes in the background and back in the foreground.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BackgroundTests {

	private final JnrPosix posix = new JnrPosix();

	private final Shells shells = new Shells(this.posix);

	@TempDir
	private Path directory = Path.of("");

	@AfterEach
	void endAll() throws InterruptedException {
		this.shells.endAll();
	}

	@Test
	void aProcessInTheBackgroundUsesFewerProcessors() throws Exception {
		int pid = this.shells.start("exec sleep 60");
		String all = processors(pid);
		Assumptions.assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "there is only one processor");
		this.posix.background(pid, 1);
		assertThat(processors(pid)).isNotEqualTo(all).matches("\\d+");
		this.posix.foreground(pid);
		assertThat(processors(pid)).isEqualTo(all);
		this.posix.background(pid, Integer.MAX_VALUE);
		assertThat(processors(pid)).isEqualTo(all);
	}

	@Test
	void aProcessInTheBackgroundHasLongTimeSlices() throws Exception {
		int pid = this.shells.start("exec sleep 60");
		long usual = scheduling(pid).slice();
		Assumptions.assumeTrue(usual > 0, "the kernel does not say how long a time slice is");
		this.posix.background(pid, 1);
		assertThat(scheduling(pid).slice()).isEqualTo(100_000_000);
		this.posix.foreground(pid);
		assertThat(scheduling(pid).slice()).isEqualTo(usual);
	}

	@Test
	void aProcessInTheBackgroundHasTheHighestNiceValueIfThatMayBeLowered() throws Exception {
		int pid = this.shells.start("exec sleep 60");
		assumeNiceIsReversible();
		Niceness niceness = new Niceness(Threads.CALLS);
		int own = niceness.own();
		this.posix.background(pid, 1);
		assertThat(scheduling(pid).nice()).isEqualTo(19);
		this.posix.foreground(pid);
		assertThat(scheduling(pid).nice()).isEqualTo(own);
		assertThat(niceness.own()).isEqualTo(own);
	}

	@Test
	void aThreadKeepsTheNiceValueThatItWasGiven() throws Exception {
		assumeNiceZero();
		int pid = this.shells.start("exec nice -n 7 sleep 60");
		await().until(() -> scheduling(pid).nice() == 7);
		this.posix.background(pid, 1);
		assertThat(scheduling(pid).nice()).isEqualTo(7);
		this.posix.foreground(pid);
		assertThat(scheduling(pid).nice()).isEqualTo(7);
	}

	/** The limit is 20 less the lowest nice value that a process may take. */
	@ParameterizedTest
	@CsvSource({ "0, 0, false", "19, 0, false", "20, 19, true", "40, 19, true" })
	void withoutThePrivilegeTheLimitDecidesWhetherANiceValueMayBeLowered(int limit, int inBackground, boolean idle)
			throws Exception {
		Assumptions.assumeTrue(System.getProperty("user.name").equals("root"), "only root can drop a privilege");
		assumeNiceZero();
		String limits = "--nice=" + limit + ":" + limit;
		Assumptions.assumeTrue(new ProcessBuilder("prlimit", limits, "true").start().waitFor() == 0,
				"the limit may not be set");
		Command java = Shells.java(NicenessMain.class);
		List<String> line = new ArrayList<>(List.of("prlimit", limits, "setpriv", "--inh-caps=-sys_nice",
				"--bounding-set=-sys_nice", "--", java.executable()));
		line.addAll(java.arguments().subList(1, java.arguments().size()));
		Path out = this.directory.resolve("out");
		Process process = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(out.toFile()).start();
		assertThat(process.waitFor()).isZero();
		assertThat(out).content().endsWith("0 -> " + inBackground + ", " + idle + "\n");
	}

	@Test
	void allThreadsGoToTheBackgroundAndToTheForeground() throws Exception {
		Assumptions.assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "there is only one processor");
		int pid = Threads.start(this.shells, this.directory);
		String all = processors(pid);
		this.posix.background(pid, 1);
		String chosen = processors(pid);
		assertThat(Tasks.of(pid)).extracting(Threads::processors).containsOnly(chosen).doesNotContain(all);
		this.posix.foreground(pid);
		assertThat(Tasks.of(pid)).extracting(Threads::processors).containsOnly(all);
	}

	@Test
	void aThreadThatHasOtherProcessorsThanExpectedKeepsThem() throws Exception {
		Assumptions.assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "there is only one processor");
		int pid = this.shells.start("exec sleep 60");
		this.posix.background(pid, 1);
		String chosen = processors(pid);
		Processors processors = new Processors(Threads.CALLS);
		byte[] all = Objects.requireNonNull(processors.of(0));
		processors.replace(pid, all, all);
		assertThat(processors(pid)).isEqualTo(chosen);
		processors.replace(pid, Objects.requireNonNull(processors.of(pid)), all);
		assertThat(processors(pid)).isNotEqualTo(chosen);
	}

	@Test
	void aProcessThatIsNotAChildIsNotPutInTheBackground() throws Exception {
		Process other = new ProcessBuilder("sleep", "60").start();
		try {
			String all = processors((int) other.pid());
			this.posix.background((int) other.pid(), 1);
			assertThat(processors((int) other.pid())).isEqualTo(all);
		}
		finally {
			other.destroyForcibly();
		}
	}

}
