package io.unicorn.launch.plan;

import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;

import io.unicorn.posix.Command;
import io.unicorn.posix.Listener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class WorkerCommandTests {

	private static List<Listener> listeners(LaunchPlan plan) {
		return plan.bindings()
			.addresses()
			.stream()
			.map((address) -> new Listener(9, new InetSocketAddress(address.port())))
			.toList();
	}

	private static final List<String> ENVIRONMENT = List.of("PATH=/bin", "A=\u00ff");

	@Test
	void aUnixSocketIsMarked() {
		LaunchPlan plan = SamplePlans.full();
		List<Listener> open = List.of(new Listener(9, UnixDomainSocketAddress.of("/run/app.sock")),
				new Listener(10, new InetSocketAddress(80)), new Listener(11, UnixDomainSocketAddress.of("/a")));
		assertThat(WorkerCommand.of(plan, open, ENVIRONMENT, 0, 5, false, List.of()).arguments())
			.contains("-Dio.unicorn.listeners=http:4:unix,management:5,admin:6:unix");
	}

	@Test
	void aProcessThatPreparesOrHasNoPoolKnowsThePassedSockets() {
		assertThat(WorkerCommand.withoutPool(SamplePlans.full(), List.of(), "simulated").arguments())
			.contains("-Dio.unicorn.passed=http:unknown");
		assertThat(WorkerCommand.preparing(SamplePlans.full(), List.of(), Path.of("plan")).arguments())
			.contains("-Dio.unicorn.passed=http:unknown");
	}

	@Test
	void flagsOfThePoolComeFirstSoThatTheUsersOverrideThem() {
		Command command = WorkerCommand.of(SamplePlans.full(), listeners(SamplePlans.full()), ENVIRONMENT, 2, 1, true,
				List.of());
		assertThat(command.executable()).isEqualTo("/opt/j\u00c3\u00a4va/bin/java");
		assertThat(command.arguments()).containsExactly("unicorn: worker 2 [shop]", "-XX:+ExitOnOutOfMemoryError",
				"-Dio.unicorn.control=3", "-Dio.unicorn.listeners=http:4,management:5,admin:6",
				"-Dunicorn.worker.index=2", "-Dunicorn.worker.id=1",
				"-Dio.unicorn.ports=http:8080,management:0,admin:9", "-Dio.unicorn.first=true", "-Xmx1g",
				"-agentlib:jdwp=server=y,address=5005", "-jar", "/work/generations/00ff/b.jar", "", "two words",
				"line\nbreak\t\u00ff");
		assertThat(command.environment()).containsExactly("PATH=/bin", "A=\u00ff",
				"JAVA_TOOL_OPTIONS=-Dx=\u00e2\u0082\u00ac -agentlib:jdwp=server=y -Dy");
	}

	@Test
	void onlyOneWorkerGetsFlagsThatOpenAPort() {
		Command command = WorkerCommand.of(SamplePlans.full(), listeners(SamplePlans.full()), ENVIRONMENT, 0, 5, false,
				List.of());
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
					"JDK_JAVA_OPTIONS=\"-agentlib:jdwp=a=b\" '-Xrunjdwp:x' -Dz|JDK_JAVA_OPTIONS=  -Dz",
					"JAVA_TOOL_OPTIONS='-javaagent:/my agents/a.jar=9404:c' -Dz|JAVA_TOOL_OPTIONS= -Dz" })
	void exclusiveFlagsAreRemovedFromVariables(String variable, String expected) {
		LaunchPlan full = SamplePlans.full();
		LaunchPlan plan = new LaunchPlan(full.application(), full.settings(), 1,
				new LaunchPlan.Bindings(full.bindings().addresses(), full.bindings().listeners()),
				new LaunchPlan.Workers(full.workers().java(), full.workers().command(), null, List.of(),
						List.of(variable), full.workers().exclusiveFlags()),
				full.master(), List.of());
		assertThat(WorkerCommand.of(plan, listeners(plan), List.of(), 0, 5, false, List.of()).environment())
			.containsExactly(expected);
		assertThat(WorkerCommand.of(plan, listeners(plan), List.of(), 0, 5, true, List.of()).environment())
			.containsExactly(variable);
	}

	@Test
	void filesOfTheJvmAreNamedAfterTheWorkerInAllSources() {
		LaunchPlan plan = withFlags(List.of("-Xlog:gc:file=gc.log", "-Dport=940{worker}"), "-XX:ErrorFile=e.log",
				"JAVA_TOOL_OPTIONS=\"-XX:HeapDumpPath=my heap.hprof\" -XX:LogFile=a.log -Dx='y z'");
		Command command = WorkerCommand.of(plan, listeners(plan), List.of(), 1, 5, false, List.of());
		assertThat(command.arguments()).contains("-Xlog:gc:file=gc-worker-1.log", "-Dport=9401",
				"-XX:ErrorFile=e-worker-1.log");
		assertThat(command.environment()).containsExactly(
				"JAVA_TOOL_OPTIONS=\"-XX:HeapDumpPath=my heap-worker-1.hprof\" -XX:LogFile=a-worker-1.log -Dx='y z'");
	}

	@Test
	void aProcessThatEndsEarlyDoesNotWriteIntoLogsOfWorkers() {
		LaunchPlan plan = withFlags(
				List.of("-Xlog:gc:file=gc.log", "-XX:StartFlightRecording=filename=r.jfr", "-Xmx1g"),
				"-Dport=940{worker}", "JAVA_TOOL_OPTIONS=-Xlog:gc:gc.log -XX:HeapDumpPath=h.hprof");
		Command training = WorkerCommand.training(plan, List.of(), List.of());
		assertThat(training.arguments()).noneMatch((flag) -> flag.startsWith("-Xlog") || flag.contains("jfr"))
			.contains("-Xmx1g", "-Dport=9400");
		assertThat(training.environment()).containsExactly("JAVA_TOOL_OPTIONS= -XX:HeapDumpPath=h-training.hprof");
		Command preparing = WorkerCommand.preparing(plan, List.of(), Path.of("/plan"));
		assertThat(preparing.arguments()).noneMatch((flag) -> flag.startsWith("-Xlog") || flag.contains("jfr"))
			.contains("-Xmx1g");
	}

	private static LaunchPlan withFlags(List<String> flags, String option, String variable) {
		LaunchPlan full = SamplePlans.full();
		return new LaunchPlan(full.application(), full.settings(), 1, full.bindings(),
				new LaunchPlan.Workers(full.workers().java(),
						new JavaCommandLine("java", flags, full.workers().command().main()), null, List.of(option),
						List.of(variable), List.of()),
				full.master(), List.of());
	}

	@Test
	void aProcessThatPreparesARollOutRunsTheUsersOwnJar() {
		Command command = WorkerCommand.preparing(SamplePlans.full(), ENVIRONMENT, Path.of("/work/plan-1-2"));
		assertThat(command.arguments()).containsExactly("unicorn: preparing [shop]", "-XX:TieredStopAtLevel=1",
				"-Dio.unicorn.prepare=/work/plan-1-2", "-Dspring.context.exit=onRefresh", "-Dio.unicorn.terminal=false",
				"-Dio.unicorn.ports=http:8080,management:0,admin:9", "-Dio.unicorn.passed=http:unknown",
				"-Dio.unicorn.processors=" + Runtime.getRuntime().availableProcessors(), "-Xmx1g", "-jar",
				"b\u00c3\u00bccher.jar", "", "two words", "line\nbreak\t\u00ff");
		assertThat(command.environment()).noneMatch((variable) -> variable.contains("jdwp"));
	}

	@Test
	void flagsForACacheStandInFrontOfAllOthers() {
		Command command = WorkerCommand.of(SamplePlans.full(), listeners(SamplePlans.full()), ENVIRONMENT, 2, 5, true,
				List.of("-XX:AOTCache=c"));
		assertThat(command.arguments()).startsWith("unicorn: worker 2 [shop]", "-XX:AOTCache=c",
				"-XX:+ExitOnOutOfMemoryError");
	}

	@Test
	void aTrainingProcessHasTheFlagsOfAWorkerWithoutConnectionListenersAndLogs() {
		LaunchPlan full = SamplePlans.full();
		LaunchPlan plan = new LaunchPlan(full.application(), full.settings(), 1,
				new LaunchPlan.Bindings(full.bindings().addresses(), full.bindings().listeners()),
				new LaunchPlan.Workers(full.workers().java(),
						new JavaCommandLine("java",
								List.of("-Xmx1g", "-Xlog:gc:file=gc.log", "-agentlib:jdwp=server=y"),
								full.workers().command().main()),
						full.workers().generation(), full.workers().options(), full.workers().environment(),
						full.workers().exclusiveFlags()),
				full.master(), List.of());
		Command command = WorkerCommand.training(plan, ENVIRONMENT, List.of("-XX:ArchiveClassesAtExit=/work/c"));
		assertThat(command.arguments()).containsExactly("unicorn: training [shop]", "-XX:ArchiveClassesAtExit=/work/c",
				"-XX:+ExitOnOutOfMemoryError", "-Dunicorn.worker=training",
				"-Dio.unicorn.listeners=http:-1,management:-1,admin:-1",
				"-Dio.unicorn.ports=http:8080,management:0,admin:9", "-Dspring.context.exit=onRefresh", "-Xmx1g",
				"-jar", "/work/generations/00ff/b.jar", "", "two words", "line\nbreak\t\u00ff");
		assertThat(command.environment()).noneMatch((variable) -> variable.contains("jdwp"));
	}

	@Test
	void anApplicationWithoutANameHasAShortTitle() {
		assertThat(
				WorkerCommand.of(SamplePlans.bare(), listeners(SamplePlans.bare()), List.of(), 1, 5, false, List.of())
					.arguments())
			.containsExactly("unicorn: worker 1", "-Dio.unicorn.control=3", "-Dio.unicorn.listeners=http:4",
					"-Dunicorn.worker.index=1", "-Dunicorn.worker.id=5", "-Dio.unicorn.ports=http:8080", "Main");
	}

}
