package io.unicorn.master.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.unicorn.launch.plan.JavaCommandLine;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.LaunchPlanFile;
import io.unicorn.launch.plan.MasterLog;
import io.unicorn.launch.plan.SamplePlans;
import io.unicorn.launch.workdir.SmallDisk;
import io.unicorn.master.arbiter.SimulatedPool;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import io.unicorn.posix.Exit;
import io.unicorn.posix.Exits;
import io.unicorn.posix.jnr.JnrPosix;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Preparations by real processes: a shell script in the place of the JVM.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PreparationsTests {

	/** Sets $plan to the file that the plan is to be written to. */
	private static final String FIND_PLAN = "for a in \"$@\"; do case $a in -Dio.unicorn.prepare=*) plan=${a#*=};; esac; done\n";

	private final JnrPosix posix = new JnrPosix();

	@TempDir
	private Path directory = Path.of("");

	@TempDir
	private Path scripts = Path.of("");

	private Preparations preparations = new Preparations(this.posix, this.directory);

	@BeforeEach
	void create() {
		this.preparations = new Preparations(this.posix, this.directory);
	}

	private void start(int generation, String script) throws IOException {
		Path java = Files.writeString(this.scripts.resolve("java-" + generation), "#!/bin/sh\n" + script);
		Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
		LaunchPlan plan = new LaunchPlan("shop", SimulatedPool.settings(2), 2,
				new LaunchPlan.Bindings(List.of(), Map.of()),
				new LaunchPlan.Workers(java.toString(),
						new JavaCommandLine("java", List.of("-Xmx64m"), List.of("-jar", "app.jar")), null, List.of(),
						List.of(), List.of()),
				new LaunchPlan.Master("/work", List.of(), null, List.of(), MasterLog.TEXT, Map.of()), List.of());
		this.preparations.start(generation, plan, List.of("PATH=/usr/bin:/bin"));
	}

	private Preparations.Result result() throws InterruptedException {
		Exit exit = Exits.await(this.posix);
		return Objects.requireNonNull(this.preparations.exited(exit.pid(), exit.code(), exit.signal()));
	}

	private void assertNothingIsLeft() {
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void aPlanThatIsWrittenIsTheResult() throws Exception {
		Path written = this.scripts.resolve("plan");
		LaunchPlanFile.write(SamplePlans.bare(), written);
		start(2, FIND_PLAN + "echo one; echo two >&2; cp '" + written + "' \"$plan\"");
		Preparations.Result result = result();
		assertThat(result.generation()).isEqualTo(2);
		assertThat(result.plan()).isEqualTo(SamplePlans.bare());
		assertThat(result.output()).containsExactly("one", "two");
		assertNothingIsLeft();
	}

	@Test
	void aFailureTellsItsCodeAndTheLastFortyLinesWithoutFrames() throws Exception {
		start(2, "i=1; while [ $i -le 50 ]; do echo line $i; printf '\\tat frame\\n'; i=$((i+1)); done; exit 7");
		Preparations.Result result = result();
		assertThat(result.plan()).isNull();
		assertThat(result.cause()).isEqualTo("the start of the new code failed with exit code 7: line 50");
		assertThat(result.output())
			.containsExactlyElementsOf(IntStream.rangeClosed(11, 50).mapToObj((i) -> "line " + i).toList());
		assertNothingIsLeft();
	}

	@Test
	void aPlanOfAProcessThatFailsIsNoPlan() throws Exception {
		Path written = this.scripts.resolve("plan");
		LaunchPlanFile.write(SamplePlans.bare(), written);
		start(2, FIND_PLAN + "cp '" + written + "' \"$plan\"; exit 1");
		assertThat(result().plan()).isNull();
		assertNothingIsLeft();
	}

	@Test
	void aProcessThatEndsWithoutAPlanFails() throws Exception {
		start(2, "echo hello");
		Preparations.Result result = result();
		assertThat(result.plan()).isNull();
		assertThat(result.cause()).contains("without saying how its workers are launched");
		assertThat(result.output()).containsExactly("hello");
		assertNothingIsLeft();
	}

	@Test
	void aDamagedPlanFails() throws Exception {
		start(2, FIND_PLAN + "echo nonsense > \"$plan\"");
		assertThat(result().plan()).isNull();
		assertNothingIsLeft();
	}

	@Test
	void onlyTheOneThatIsCancelledIsKilled() throws Exception {
		start(2, "exec sleep 600");
		start(3, "exec sleep 600");
		this.preparations.cancel(3);
		Preparations.Result result = result();
		assertThat(result.generation()).isEqualTo(3);
		assertThat(result.cause()).isEqualTo("the start of the new code was killed by signal 9 (SIGKILL)");
		this.preparations.cancel(2);
		assertThat(result().generation()).isEqualTo(2);
		assertNothingIsLeft();
	}

	@Test
	void whatEndsWithTheMasterLeavesNothing() throws Exception {
		start(2, "exec sleep 600");
		this.preparations.close();
		assertThat(Exits.await(this.posix).signal()).isEqualTo(ProcessSignal.KILL.number());
		assertNothingIsLeft();
	}

	@Test
	void anOutputWithoutEndIsReadFromItsEnd() throws Exception {
		start(2, "yes 'a line of some length' | head -n 20000; echo the end; exit 1");
		assertThat(result().output()).hasSize(40).endsWith("the end");
	}

	@Test
	void aFullDiskThatSwallowedTheReasonIsTheReason() throws Exception {
		try (SmallDisk disk = SmallDisk.mount(this.directory.resolve("disk"))) {
			this.preparations = new Preparations(this.posix, disk.path());
			start(2, "head -c 2000000 /dev/zero > " + disk.path().resolve("large") + "; echo the reason; exit 1");
			assertThat(result().cause())
				.startsWith("the start of the new code failed with exit code 1: " + "no file can be written in "
						+ disk.path())
				.endsWith(": No space left on device");
		}
	}

	@Test
	void theExitOfAWorkerIsNoResult() {
		assertThat(this.preparations.exited(4711, 0, 0)).isNull();
	}

}
