package io.unicorn.master;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

import io.unicorn.launch.plan.JavaCommandLine;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.LaunchPlanFile;
import io.unicorn.launch.plan.ListenAddress;
import io.unicorn.launch.plan.MasterLog;
import io.unicorn.launch.settings.AotCache;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.launch.settings.WorkerClass;
import io.unicorn.posix.Command;
import io.unicorn.posix.Posix;
import io.unicorn.posix.ScriptedPosix;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class MasterStartTests {

	private final ScriptedPosix posix = new ScriptedPosix();

	private final List<Integer> exitCodes = new ArrayList<>();

	@TempDir
	private Path workDir = Path.of("");

	private Path planFile = Path.of("");

	@BeforeEach
	void write() throws IOException {
		this.planFile = this.workDir.resolve("plan-1");
		PoolSettings settings = new PoolSettings(OptionalInt.of(2), WorkerClass.GTHREAD, Duration.ofMinutes(5),
				Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ZERO, false,
				new RolloutSettings(1, 0, Duration.ZERO), AotCache.OFF);
		LaunchPlanFile.write(new LaunchPlan("shop", settings, 2,
				new LaunchPlan.Bindings(List.of(new ListenAddress("http", "127.0.0.1", 8080, 10)), Map.of("http", 31)),
				new LaunchPlan.Workers("/bin/java",
						new JavaCommandLine("java", List.of("-Xmx1g"), List.of("-jar", "app.jar", "--port=1")), null,
						List.of("-XX:+UseSerialGC"), List.of("JAVA_TOOL_OPTIONS=-Da=b"), List.of()),
				new LaunchPlan.Master(Command.bytes(this.workDir), List.of(), null, List.of(), MasterLog.TEXT,
						Map.of()),
				List.of()), this.planFile);
	}

	private MasterStart start() {
		return new MasterStart(this.planFile, () -> this.posix, this.exitCodes::add);
	}

	@Test
	void aMasterIsCreatedFromItsPlan() {
		assertThat(start().master()).isNotNull();
		assertThat(this.planFile).doesNotExist();
		assertThat(this.posix.executed()).isNull();
	}

	@Test
	void aMasterThatCannotStartGivesTheProcessBackToTheApplication() {
		this.posix.fail("inherited", 1, "Operation not permitted");
		assertThat(start().master()).isNull();
		var executed = this.posix.executed();
		assertThat(executed).isNotNull();
		assertThat(executed.inherited()).isEmpty();
		assertThat(executed.command().executable()).isEqualTo("/bin/java");
		assertThat(executed.command().arguments()).hasSize(6)
			.startsWith("java")
			.endsWith("-Xmx1g", "-jar", "app.jar", "--port=1");
		assertThat(executed.command().arguments().get(1)).startsWith("-Dio.unicorn.obstacle=the master cannot start: ")
			.contains("Operation not permitted");
		assertThat(executed.command().environment()).contains("JAVA_TOOL_OPTIONS=-Da=b");
		assertThat(this.exitCodes).isEmpty();
		assertThat(this.planFile).doesNotExist();
	}

	@Test
	void aMasterThatCanExecuteNothingEndsTheProcess() {
		this.posix.fail("inherited", 1, "Operation not permitted");
		this.posix.fail("exec", 1, "Operation not permitted");
		assertThat(start().master()).isNull();
		assertThat(this.exitCodes).containsExactly(1);
	}

	@Test
	void aMasterWithoutItsNativeLibraryEndsTheProcess() {
		MasterStart start = new MasterStart(this.planFile, () -> {
			throw new UnsatisfiedLinkError("simulated");
		}, this.exitCodes::add);
		assertThat(start.master()).isNull();
		assertThat(this.exitCodes).containsExactly(1);
		assertThat(this.planFile).doesNotExist();
	}

	@Test
	void aMasterWithoutItsPlanEndsTheProcess() throws IOException {
		Files.delete(this.planFile);
		Posix unused = this.posix;
		assertThat(new MasterStart(this.planFile, () -> unused, this.exitCodes::add).master()).isNull();
		assertThat(this.exitCodes).containsExactly(1);
	}

}
