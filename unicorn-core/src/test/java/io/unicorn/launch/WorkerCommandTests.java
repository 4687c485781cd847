package io.unicorn.launch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import io.unicorn.posix.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class WorkerCommandTests {

	private static final List<String> ENVIRONMENT = List.of("PATH=/bin", "A=\u00ff");

	@Test
	void ourFlagsComeFirstAndTheUsersMayOverrideThem() {
		Command command = WorkerCommand.of(SamplePlans.full(), ENVIRONMENT, 2, true, true, List.of());
		assertThat(command.executable()).isEqualTo("/opt/j\u00c3\u00a4va/bin/java");
		assertThat(command.arguments()).containsExactly("unicorn: worker 2 [shop]", "-XX:+ExitOnOutOfMemoryError",
				"-Dio.unicorn.control=3", "-Dio.unicorn.listeners=http:4,management:5,admin:6",
				"-Dio.unicorn.first=true", "-Xmx1g", "-agentlib:jdwp=server=y,address=5005", "-jar",
				"/work/generations/00ff/b.jar", "", "two words", "line\nbreak\t\u00ff");
		assertThat(command.environment()).containsExactly("PATH=/bin", "A=\u00ff",
				"JAVA_TOOL_OPTIONS=-Dx=\u00e2\u0082\u00ac -agentlib:jdwp=server=y -Dy");
	}

	@Test
	void onlyOneWorkerGetsFlagsThatOpenAPort() {
		Command command = WorkerCommand.of(SamplePlans.full(), ENVIRONMENT, 0, false, false, List.of());
		assertThat(command.arguments()).noneMatch((argument) -> argument.contains("jdwp"))
			.contains("-Xmx1g", "-jar")
			.doesNotContain("-Dio.unicorn.first=true");
		assertThat(command.environment()).containsExactly("PATH=/bin", "A=\u00ff",
				"JAVA_TOOL_OPTIONS=-Dx=\u00e2\u0082\u00ac  -Dy");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false,
			value = { "JAVA_TOOL_OPTIONS=-agentlib:jdwp=a=b|JAVA_TOOL_OPTIONS=",
					"_JAVA_OPTIONS=-Dx -Dcom.sun.management.jmxremote.port=9010 -Dy|_JAVA_OPTIONS=-Dx  -Dy",
					"JDK_JAVA_OPTIONS=-Dcom.sun.management.jmxremote.rmi.port=1 -Xrunjdwp:x|JDK_JAVA_OPTIONS= ",
					"JAVA_TOOL_OPTIONS=-Dcom.sun.management.jmxremote -Dx=-agentlib:jdwp|"
							+ "JAVA_TOOL_OPTIONS=-Dcom.sun.management.jmxremote -Dx=-agentlib:jdwp",
					"JDK_JAVA_OPTIONS=\"-agentlib:jdwp=a=b\" '-Xrunjdwp:x' -Dz|JDK_JAVA_OPTIONS=\"\" '' -Dz" })
	void exclusiveFlagsAreTakenOutOfVariables(String variable, String expected) {
		LaunchPlan full = SamplePlans.full();
		LaunchPlan plan = new LaunchPlan(full.application(), full.settings(), 1, full.addresses(), full.listeners(),
				full.java(), full.command(), null, List.of(), List.of(variable), full.exclusiveFlags(), List.of(), null,
				List.of(), full.master());
		assertThat(WorkerCommand.of(plan, List.of(), 0, false, false, List.of()).environment())
			.containsExactly(expected);
		assertThat(WorkerCommand.of(plan, List.of(), 0, false, true, List.of()).environment())
			.containsExactly(variable);
	}

	@Test
	void whoPreparesARollOutRunsTheUsersOwnJar() {
		Command command = WorkerCommand.preparing(SamplePlans.full(), ENVIRONMENT, Path.of("/work/plan-1-2"));
		assertThat(command.arguments()).containsExactly("unicorn: preparing [shop]", "-XX:TieredStopAtLevel=1",
				"-Dio.unicorn.prepare=/work/plan-1-2", "-Dspring.context.exit=onRefresh", "-Dio.unicorn.terminal=false",
				"-Dio.unicorn.processors=" + Runtime.getRuntime().availableProcessors(), "-Xmx1g", "-jar",
				"b\u00c3\u00bccher.jar", "", "two words", "line\nbreak\t\u00ff");
		assertThat(command.environment()).noneMatch((variable) -> variable.contains("jdwp"));
	}

	@Test
	void flagsForACacheStandInFrontOfAllOthers() {
		Command command = WorkerCommand.of(SamplePlans.full(), ENVIRONMENT, 2, false, true, List.of("-XX:AOTCache=c"));
		assertThat(command.arguments()).startsWith("unicorn: worker 2 [shop]", "-XX:AOTCache=c",
				"-XX:+ExitOnOutOfMemoryError");
	}

	@Test
	void whoTrainsHasTheFlagsOfAWorkerAndNeitherChannelNorListenersNorLogsOfItsOwn(@TempDir Path directory)
			throws IOException {
		ClassDataCache cache = new ClassDataCache(directory, "ab", ClassDataCache.Form.CDS);
		LaunchPlan full = SamplePlans.full();
		LaunchPlan plan = new LaunchPlan(full.application(), full.settings(), 1, full.addresses(), full.listeners(),
				full.java(),
				new JavaCommandLine("java", List.of("-Xmx1g", "-Xlog:gc:file=gc.log", "-agentlib:jdwp=server=y"),
						full.command().main()),
				full.generation(), full.workerOptions(), full.workerEnvironment(), full.exclusiveFlags(), List.of(),
				null, List.of(), full.master());
		try (CacheInMaking making = CacheInMaking.begin(directory, cache).orElseThrow()) {
			Command command = WorkerCommand.training(plan, ENVIRONMENT, making);
			assertThat(command.arguments()).containsExactly("unicorn: training [shop]",
					"-XX:ArchiveClassesAtExit=" + making.file(), "-XX:+ExitOnOutOfMemoryError",
					"-Dunicorn.worker=training", "-Dio.unicorn.listeners=http:-1,management:-1,admin:-1",
					"-Dspring.context.exit=onRefresh", "-Xmx1g", "-jar", "/work/generations/00ff/b.jar", "",
					"two words", "line\nbreak\t\u00ff");
			assertThat(command.environment()).noneMatch((variable) -> variable.contains("jdwp"));
		}
	}

	@Test
	void anApplicationWithoutANameHasAShortTitle() {
		assertThat(WorkerCommand.of(SamplePlans.bare(), List.of(), 1, false, false, List.of()).arguments())
			.containsExactly("unicorn: worker 1", "-Dio.unicorn.control=3", "-Dio.unicorn.listeners=http:4", "Main");
	}

}
