package io.unicorn.boot.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.unicorn.boot.autoconfigure.UnicornProperties;
import io.unicorn.boot.autoconfigure.UnicornPropertiesBinder;
import io.unicorn.launch.JavaCommandLine;
import io.unicorn.launch.LaunchPlan;
import io.unicorn.launch.LaunchPlanFile;
import io.unicorn.launch.Machine;
import io.unicorn.launch.PoolSettings;
import io.unicorn.launch.PoolSize;
import io.unicorn.launch.WorkDir;
import io.unicorn.posix.Command;
import io.unicorn.posix.JnrPosix;
import io.unicorn.posix.Listener;
import io.unicorn.posix.Posix;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.logging.LogFile;
import org.springframework.core.env.Environment;

/**
 * Turns this process into the master: opens the addresses, writes down how workers are
 * launched, and lets a small JVM take the place of this one, under the same process id.
 */
final class MasterBootstrap {

	private final Environment environment;

	private final ClassLoader classLoader;

	private final LaunchSite site;

	MasterBootstrap(Environment environment, ClassLoader classLoader, LaunchSite site) {
		this.environment = environment;
		this.classLoader = classLoader;
		this.site = site;
	}

	/**
	 * Become the master. Does not return.
	 * @throws RuntimeException if it is not possible; nothing is left behind then
	 */
	void run(UnicornProperties properties) {
		WorkDir workDir = workDir(properties);
		MasterLibrary library = library(workDir);
		Posix posix = posix(library);
		Map<String, Listener> listeners = new WebAddresses(this.environment, this.classLoader).open(posix);
		Path planFile = workDir.resolve("plan-" + posix.pid());
		try {
			LaunchPlan plan = plan(properties, listeners, posix.isTerminal(0) && posix.isTerminal(1));
			LaunchPlanFile.write(plan, planFile);
			System.out.flush();
			System.err.flush();
			posix.exec(MasterCommand.of(plan, library, planFile, Command.ownEnvironment()),
					Set.copyOf(plan.listeners().values()));
		}
		catch (IOException ex) {
			listeners.values().forEach((listener) -> posix.close(listener.fd()));
			deleteQuietly(planFile);
			throw notStarted("The master cannot be launched", workDir, ex);
		}
	}

	private static void deleteQuietly(Path file) {
		try {
			Files.deleteIfExists(file);
		}
		catch (IOException ex) {
			// What is wrong with this directory is about to be reported.
		}
	}

	private static MasterNotStartedException notStarted(String what, WorkDir workDir, IOException cause) {
		return new MasterNotStartedException(what,
				"Make sure that " + workDir
						+ " can be written to and has space left, or set unicorn.work-dir to another directory.",
				cause);
	}

	private MasterLibrary library(WorkDir workDir) {
		try {
			return MasterLibrary.extract(this.classLoader, workDir);
		}
		catch (IOException ex) {
			throw notStarted("What the master needs cannot be stored", workDir, ex);
		}
	}

	private static WorkDir workDir(UnicornProperties properties) {
		String configured = properties.workDir();
		try {
			return WorkDir.open((configured != null) ? Path.of(configured) : WorkDir.defaultPath());
		}
		catch (IOException ex) {
			throw new MasterNotStartedException("The private directory cannot be used",
					"Put right what is wrong with it, or set unicorn.work-dir to another path.", ex);
		}
	}

	private static Posix posix(MasterLibrary library) {
		// Generated stubs would cost more time than the few calls made here take.
		System.setProperty("jnr.ffi.asm.enabled", "false");
		if (library.nativeDirectory() != null) {
			System.setProperty("jffi.boot.library.path", library.nativeDirectory().toString());
		}
		try {
			return new JnrPosix();
		}
		catch (LinkageError | RuntimeException ex) {
			throw new MasterNotStartedException("The native library cannot be loaded",
					"If unicorn.work-dir lies on a file system that is mounted noexec, set it to another directory; "
							+ "if the JVM forbids native access, start it with --enable-native-access=ALL-UNNAMED.",
					ex);
		}
	}

	private LaunchPlan plan(UnicornProperties properties, Map<String, Listener> listeners, boolean terminal) {
		PoolSettings settings = UnicornPropertiesBinder.poolSettings(properties, this.environment);
		PoolSize size = PoolSize.of(settings.workers(), settings.workerClass(), Machine.current(),
				this.site.jvmFlags());
		List<String> notices = new ArrayList<>();
		if (size.remark() != null) {
			notices.add(size.remark());
		}
		Map<String, Integer> descriptors = new LinkedHashMap<>();
		listeners.forEach((name, listener) -> descriptors.put(name, listener.fd()));
		LogFile logFile = LogFile.get(this.environment);
		JavaCommandLine command = JavaCommandLine.parse(Command.ownArguments());
		List<String> jvmVariables = Command.ownEnvironment().stream().filter(MasterCommand::isForJvm).toList();
		return new LaunchPlan(this.environment.getProperty("spring.application.name", ""), settings, size.auto(),
				descriptors, Command.bytes(Path.of(System.getProperty("java.home"), "bin", "java")), command,
				workerOptions(size.heapFlag(), terminal), jvmVariables,
				exclusiveFlags(this.site.jvmFlags(), command, jvmVariables), pidFiles(properties),
				(logFile != null) ? logFile.toString() : null, notices);
	}

	private List<String> workerOptions(@Nullable String heapFlag, boolean terminal) {
		List<String> options = new ArrayList<>();
		if (heapFlag != null) {
			options.add(heapFlag);
		}
		if (!this.site.hasFlag("-XX:+ExitOnOutOfMemoryError", "-XX:-ExitOnOutOfMemoryError",
				"-XX:+CrashOnOutOfMemoryError")) {
			// A JVM whose heap was exhausted once cannot be trusted; a fresh one can.
			options.add("-XX:+ExitOnOutOfMemoryError");
		}
		if (terminal && !this.environment.containsProperty("spring.output.ansi.enabled")) {
			// A worker's input is /dev/null, so it does not recognise the terminal
			// itself.
			options.add("-Dspring.output.ansi.enabled=always");
		}
		options.add("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");
		options.add("--add-opens=java.base/java.io=ALL-UNNAMED");
		return options;
	}

	/**
	 * A flag that only one worker may have must stand where it can be taken out for the
	 * others.
	 */
	private static List<String> exclusiveFlags(List<String> effective, JavaCommandLine command,
			List<String> jvmVariables) {
		List<String> exclusive = effective.stream().filter(JavaCommandLine::isExclusive).distinct().toList();
		for (String flag : exclusive) {
			String bytes = Command.bytes(flag);
			if (!command.options().contains(bytes)
					&& jvmVariables.stream().noneMatch((variable) -> variable.contains(bytes))) {
				throw new MasterNotStartedException("Only one worker can have the JVM flag " + flag,
						"The flag stands in an argument file or options file, where it cannot be taken out for "
								+ "the other workers. Put it on the command line or into JAVA_TOOL_OPTIONS.");
			}
		}
		return exclusive;
	}

	private List<String> pidFiles(UnicornProperties properties) {
		Set<String> files = new LinkedHashSet<>();
		for (String file : new String[] { properties.pidfile(), this.environment.getProperty("spring.pid.file") }) {
			if (file != null && !file.isBlank()) {
				files.add(Path.of(file).toAbsolutePath().toString());
			}
		}
		return List.copyOf(files);
	}

}
