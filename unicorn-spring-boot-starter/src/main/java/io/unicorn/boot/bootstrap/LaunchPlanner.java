package io.unicorn.boot.bootstrap;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.unicorn.boot.autoconfigure.UnicornProperties;
import io.unicorn.launch.Generation;
import io.unicorn.launch.JavaCommandLine;
import io.unicorn.launch.LaunchPlan;
import io.unicorn.launch.Machine;
import io.unicorn.launch.MasterCommand;
import io.unicorn.launch.PoolSettings;
import io.unicorn.launch.PoolSize;
import io.unicorn.posix.Command;
import org.jspecify.annotations.Nullable;

/**
 * Works out how the workers of this application are launched.
 */
final class LaunchPlanner {

	private final Premises premises;

	private final LaunchSite site;

	private final MasterHome home;

	LaunchPlanner(Premises premises, LaunchSite site, MasterHome home) {
		this.premises = premises;
		this.site = site;
		this.home = home;
	}

	/**
	 * Return the plan, without open sockets.
	 * @param generation the copy of the application that workers run, or {@code null}
	 * @param terminal whether the output goes to a terminal
	 * @param notices what the operator should know
	 */
	LaunchPlan plan(@Nullable Generation generation, boolean terminal, List<String> notices) {
		UnicornProperties properties = this.premises.properties();
		PoolSettings settings = this.premises.settings();
		List<String> jvmFlags = new ArrayList<>(properties.jvmArgs());
		jvmFlags.addAll(this.site.jvmFlags());
		Machine machine = Machine.current(this.site.jvmFlags());
		PoolSize size = PoolSize.of(settings.workers(), settings.workerClass(), machine, jvmFlags);
		List<String> profile = properties.jvmProfile().flags(machine, settings.workers().orElse(size.auto()), jvmFlags);
		List<String> allNotices = new ArrayList<>(notices);
		if (size.remark() != null) {
			allNotices.add(size.remark());
		}
		JavaCommandLine command = JavaCommandLine.parse(Command.ownArguments());
		List<String> jvmVariables = Command.ownEnvironment().stream().filter(MasterCommand::isForJvm).toList();
		return new LaunchPlan(this.premises.application(), settings, size.auto(), this.premises.addresses(), Map.of(),
				Command.bytes(Path.of(System.getProperty("java.home"), "bin", "java")), command, generation,
				workerOptions(properties, size.heapFlag(), profile, terminal), jvmVariables,
				exclusiveFlags(properties.jvmArgs(), command, jvmVariables), this.premises.pidFiles(),
				this.premises.logFile(), allNotices, this.home.program());
	}

	private List<String> workerOptions(UnicornProperties properties, @Nullable String heapFlag, List<String> profile,
			boolean terminal) {
		List<String> options = new ArrayList<>();
		if (heapFlag != null) {
			options.add(heapFlag);
		}
		options.addAll(profile);
		if (!this.site.hasFlag("-XX:+ExitOnOutOfMemoryError", "-XX:-ExitOnOutOfMemoryError",
				"-XX:+CrashOnOutOfMemoryError")) {
			// A JVM whose heap was exhausted once cannot be trusted; a fresh one can.
			options.add("-XX:+ExitOnOutOfMemoryError");
		}
		if (terminal && !this.premises.colours()) {
			// A worker's input is /dev/null, so it does not recognise the terminal
			// itself.
			options.add(LaunchPlan.TERMINAL_OPTION);
		}
		options.add("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");
		options.add("--add-opens=java.base/java.io=ALL-UNNAMED");
		properties.jvmArgs().forEach((flag) -> options.add(Command.bytes(flag)));
		return options;
	}

	/**
	 * A flag that only one worker may have must stand where it can be taken out for the
	 * others.
	 */
	private List<String> exclusiveFlags(List<String> jvmArgs, JavaCommandLine command, List<String> jvmVariables) {
		Set<String> exclusive = new LinkedHashSet<>(jvmArgs.stream().filter(JavaCommandLine::isExclusive).toList());
		for (String flag : this.site.jvmFlags().stream().filter(JavaCommandLine::isExclusive).toList()) {
			String bytes = Command.bytes(flag);
			if (!command.options().contains(bytes)
					&& jvmVariables.stream().noneMatch((variable) -> variable.contains(bytes))) {
				throw new MasterNotStartedException("Only one worker can have the JVM flag " + flag,
						"The flag stands in an argument file or options file, where it cannot be taken out for "
								+ "the other workers. Put it on the command line or into JAVA_TOOL_OPTIONS.");
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
