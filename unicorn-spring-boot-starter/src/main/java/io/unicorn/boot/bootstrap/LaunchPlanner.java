package io.unicorn.boot.bootstrap;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.unicorn.boot.autoconfigure.UnicornProperties;
import io.unicorn.boot.bootstrap.addresses.PassedSockets;
import io.unicorn.boot.bootstrap.addresses.ProbePort;
import io.unicorn.boot.bootstrap.files.DumpDirectory;
import io.unicorn.launch.generation.Generation;
import io.unicorn.launch.plan.ExclusiveFlag;
import io.unicorn.launch.plan.JavaCommandLine;
import io.unicorn.launch.plan.JvmVariable;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.MasterCommand;
import io.unicorn.launch.settings.MachineResources;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.launch.settings.PoolSize;
import io.unicorn.posix.Command;
import org.jspecify.annotations.Nullable;

/**
 * Creates the launch plan of this application's workers.
 */
final class LaunchPlanner {

	/** The first JDK that prints a warning when a class loads a native library. */
	private static final int NATIVE_ACCESS_IS_TOLD = 24;

	private final LaunchInputs inputs;

	private final LaunchContext context;

	private final RuntimeFiles files;

	LaunchPlanner(LaunchInputs inputs, LaunchContext context, RuntimeFiles files) {
		this.inputs = inputs;
		this.context = context;
		this.files = files;
	}

	/**
	 * Return the plan, without open sockets.
	 * @param generation the copy of the application that workers run, or {@code null}
	 * @param terminal whether the output goes to a terminal
	 * @param notices lines for the operator, which the master logs
	 */
	LaunchPlan plan(@Nullable Generation generation, boolean terminal, List<String> notices) {
		UnicornProperties properties = this.inputs.properties();
		PoolSettings settings = this.inputs.settings();
		MachineResources machine = MachineResources.current(this.context.jvmFlags());
		PoolSize size = this.inputs.size(machine, this.context.jvmFlags());
		List<String> profile = properties.jvmProfile()
			.flags(machine, settings.workers().orElse(size.auto()), this.inputs.jvmFlags(this.context.jvmFlags()));
		List<String> allNotices = new ArrayList<>(notices);
		allNotices.addAll(this.inputs.notices());
		if (size.remark() != null) {
			allNotices.add(size.remark());
		}
		List<String> dumpFlags = List.of();
		if (!settings.dumpDir().isEmpty()) {
			DumpDirectory dumps = new DumpDirectory(Path.of(settings.dumpDir()));
			String problem = dumps.create();
			if (problem != null) {
				allNotices.add(problem);
				settings = settings.withDumpDir("");
			}
			else {
				dumpFlags = dumps.jvmFlags(this.context::hasFlag);
			}
		}
		JavaCommandLine command = JavaCommandLine.parse(Command.ownArguments());
		List<String> jvmVariables = Command.ownEnvironment().stream().filter(MasterCommand::isForJvm).toList();
		return new LaunchPlan(this.inputs.application(), settings, size.auto(),
				new LaunchPlan.Bindings(this.inputs.addresses(), Map.of(), PassedSockets.current().names()),
				new LaunchPlan.Workers(Command.bytes(Path.of(System.getProperty("java.home"), "bin", "java")), command,
						generation, workerOptions(properties, size.heapFlag(), profile, dumpFlags, terminal),
						jvmVariables, exclusiveFlags(properties.jvmArgs(), command, jvmVariables)),
				this.files.master(this.inputs.pidFiles(), this.inputs.log(), this.inputs.portFiles(),
						ProbePort.of(properties.probe().address(), properties.health().minReady()),
						properties.hooks().toSettings()),
				allNotices);
	}

	private List<String> workerOptions(UnicornProperties properties, @Nullable String heapFlag, List<String> profile,
			List<String> dumpFlags, boolean terminal) {
		List<String> options = new ArrayList<>();
		if (heapFlag != null) {
			options.add(heapFlag);
		}
		options.addAll(profile);
		options.addAll(dumpFlags);
		if (!this.context.hasFlag("-XX:+ExitOnOutOfMemoryError", "-XX:-ExitOnOutOfMemoryError",
				"-XX:+CrashOnOutOfMemoryError")) {
			// The state of a JVM whose heap was exhausted cannot be trusted.
			options.add("-XX:+ExitOnOutOfMemoryError");
		}
		if (terminal && !this.inputs.colours()) {
			// A worker's input is /dev/null, so the worker does not detect the terminal.
			options.add(LaunchPlan.TERMINAL_OPTION);
		}
		options.add("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");
		options.add("--add-opens=java.base/java.io=ALL-UNNAMED");
		if (Runtime.version().feature() >= NATIVE_ACCESS_IS_TOLD) {
			// A worker loads the library of SQLite, for its sessions.
			options.add("--enable-native-access=ALL-UNNAMED");
		}
		properties.jvmArgs().forEach((flag) -> options.add(Command.bytes(flag)));
		return options;
	}

	/**
	 * Return the flags that only one worker may have. Each must be on the command line or
	 * in a variable, where it can be removed for the other workers.
	 */
	private List<String> exclusiveFlags(List<String> jvmArgs, JavaCommandLine command, List<String> jvmVariables) {
		Set<String> exclusive = new LinkedHashSet<>(jvmArgs.stream().filter(ExclusiveFlag::is).toList());
		for (String flag : this.context.jvmFlags().stream().filter(ExclusiveFlag::is).toList()) {
			String bytes = Command.bytes(flag);
			if (!command.options().contains(bytes) && jvmVariables.stream()
				.noneMatch((variable) -> JvmVariable.of(variable).flags().contains(bytes))) {
				throw new PoolStartException("Only one worker can have the JVM flag " + flag,
						"The flag is in an argument file or options file, where it cannot be removed for the other "
								+ "workers. Set it on the command line or in JAVA_TOOL_OPTIONS.");
			}
			exclusive.add(flag);
		}
		return List.copyOf(exclusive);
	}

	/**
	 * Return the jar file that this process was started with, or {@code null} if it was
	 * started from a class path.
	 */
	static @Nullable Path jar() {
		String jar = JavaCommandLine.parse(Command.ownArguments()).jar();
		return (jar != null) ? Path.of(Command.text(jar)) : null;
	}

}
