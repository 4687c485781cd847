package io.unicorn.boot.bootstrap;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.unicorn.launch.LaunchPlan;
import io.unicorn.launch.WorkerCommand;
import io.unicorn.posix.Command;

/**
 * Builds the command that turns this process into the master: a small JVM of its own,
 * free of the flags, agents and environment options that are meant for the application.
 */
final class MasterCommand {

	/** Read by every JVM; they go to the workers. */
	static final Set<String> JVM_VARIABLES = Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

	/** A master does little and keeps little; see docs/architecture.md. */
	private static final List<String> JVM_FLAGS = List.of("-Xms8m", "-Xmx32m", "-Xss512k", "-XX:+UseSerialGC",
			"-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=12m", "-XX:+ExitOnOutOfMemoryError",
			"-Djnr.ffi.asm.enabled=false", "--enable-native-access=ALL-UNNAMED");

	private MasterCommand() {
	}

	static Command of(LaunchPlan plan, Path planFile, List<String> environment) {
		List<String> arguments = new ArrayList<>();
		arguments.add(WorkerCommand.title("master", plan) + " java "
				+ String.join(" ", plan.command().main().stream().limit(2).toList()));
		arguments.addAll(JVM_FLAGS);
		if (plan.master().nativeDirectory() != null) {
			arguments.add("-Djffi.boot.library.path=" + plan.master().nativeDirectory());
		}
		arguments.add("-cp");
		arguments.add(String.join(":", plan.master().classPath()));
		arguments.add("io.unicorn.master.Master");
		arguments.add(Command.bytes(planFile));
		return new Command(plan.java(), arguments,
				environment.stream().filter((variable) -> !isForJvm(variable)).toList());
	}

	/**
	 * Whether an environment entry holds JVM options.
	 */
	static boolean isForJvm(String variable) {
		return JVM_VARIABLES.contains(variable.substring(0, Math.max(0, variable.indexOf('='))));
	}

}
