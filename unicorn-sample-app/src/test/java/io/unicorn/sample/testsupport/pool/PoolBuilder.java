package io.unicorn.sample.testsupport.pool;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import io.unicorn.sample.testsupport.process.Leftovers;
import org.jspecify.annotations.Nullable;

/**
 * Describes how to start an application: by default the sample's jar on the JDK of the
 * tests, on a free port, with its own work directory.
 */
public final class PoolBuilder {

	/**
	 * The system property that names the jar to be tested.
	 */
	public static final String JAR_PROPERTY = "unicorn.test.jar";

	/**
	 * The environment variable that marks the processes of a test.
	 */
	static final String MARK = "UNICORN_TEST_ID";

	/**
	 * Prefixes of variables that the application must not inherit from the build.
	 */
	private static final List<String> FOREIGN = List.of("UNICORN_", "SPRING_", "SERVER_", "MANAGEMENT_", "SAMPLE_",
			"LOGGING_", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "NOTIFY_SOCKET", "WATCHDOG_", "LISTEN_");

	/**
	 * A short observation of the canary, because five seconds, twice in each roll-out,
	 * would be most of the tests' time. Only the tests of the class-data cache train one.
	 */
	private static final Map<String, String> DEFAULTS = Map.of("UNICORN_ROLLOUT_OBSERVE", "300ms", "UNICORN_AOTCACHE",
			"off");

	private final List<String> prefix = new ArrayList<>();

	private final List<String> jvmFlags = new ArrayList<>();

	private final List<String> args = new ArrayList<>();

	private final Map<String, String> environment = new HashMap<>();

	private final Set<String> withoutEnvironment = new HashSet<>();

	private final List<String> mayLeave = new ArrayList<>(Leftovers.DOCUMENTED);

	private final List<String> launch = new ArrayList<>();

	private Path jar = Path.of(System.getProperty(JAR_PROPERTY, "target/unicorn-sample-app.jar"));

	private Path javaHome = Path.of(System.getProperty("java.home"));

	private @Nullable Path workingDirectory;

	private boolean portOfItsOwn;

	private boolean defaultWorkDir;

	PoolBuilder() {
	}

	/**
	 * Start another jar.
	 * @param jar the jar
	 * @return this description
	 */
	public PoolBuilder jar(Path jar) {
		this.jar = jar;
		return this;
	}

	/**
	 * Start without {@code -jar}.
	 * @param launch the arguments after the JVM flags, such as the class path and the
	 * main class
	 * @return this description
	 */
	public PoolBuilder launch(String... launch) {
		this.launch.addAll(List.of(launch));
		return this;
	}

	/**
	 * Start on another JDK.
	 * @param javaHome the JDK's directory
	 * @return this description
	 */
	public PoolBuilder javaHome(Path javaHome) {
		this.javaHome = javaHome;
		return this;
	}

	/**
	 * Add a command in front, which must exec the rest of its command line, as
	 * {@code nice} does.
	 * @param command the command and its arguments
	 * @return this description
	 */
	public PoolBuilder prefix(String... command) {
		this.prefix.addAll(List.of(command));
		return this;
	}

	/**
	 * Add JVM flags.
	 * @param flags the flags
	 * @return this description
	 */
	public PoolBuilder jvmFlags(String... flags) {
		this.jvmFlags.addAll(List.of(flags));
		return this;
	}

	/**
	 * Let the JVMs start faster, at the expense of bytecode verification, of their later
	 * speed, and of the workers that serve meanwhile. No cache of class data is trained
	 * for the few workers that a test starts later. For tests that start many JVMs.
	 * @return this description
	 */
	public PoolBuilder bootingFast() {
		env("UNICORN_JVMPROFILE", "none");
		env("UNICORN_AOTCACHE", "off");
		return jvmFlags("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:+UnlockDiagnosticVMOptions",
				"-XX:-BytecodeVerificationRemote");
	}

	/**
	 * Add program arguments.
	 * @param args the arguments
	 * @return this description
	 */
	public PoolBuilder args(String... args) {
		this.args.addAll(List.of(args));
		return this;
	}

	/**
	 * Let the application choose its port.
	 * @return this description
	 */
	public PoolBuilder portOfItsOwn() {
		this.portOfItsOwn = true;
		return this;
	}

	/**
	 * Let the pool choose its work directory, which the test removes.
	 * @return this description
	 */
	public PoolBuilder defaultWorkDir() {
		this.defaultWorkDir = true;
		return this;
	}

	/**
	 * Add an environment variable.
	 * @param name its name
	 * @param value its value
	 * @return this description
	 */
	public PoolBuilder env(String name, String value) {
		this.environment.put(name, value);
		return this;
	}

	/**
	 * Do not inherit environment variables.
	 * @param names their names
	 * @return this description
	 */
	public PoolBuilder withoutEnv(String... names) {
		this.withoutEnvironment.addAll(List.of(names));
		return this;
	}

	/**
	 * Start in a directory, by default an empty one.
	 * @param directory the working directory
	 * @return this description
	 */
	public PoolBuilder workingDirectory(Path directory) {
		this.workingDirectory = directory;
		return this;
	}

	/**
	 * Allow more files in the work directory when the pool has ended.
	 * @param globs patterns of paths relative to it
	 * @return this description
	 */
	public PoolBuilder mayLeave(String... globs) {
		this.mayLeave.addAll(List.of(globs));
		return this;
	}

	/**
	 * Start the process.
	 * @return the pool, which is booting
	 */
	public RunningPool start() {
		try {
			Path directory = Files.createTempDirectory("unicorn-test-");
			Path workDir = workDir(directory);
			Path log = Files.createFile(directory.resolve("output.log"));
			Path temp = Files.createDirectory(directory.resolve("tmp"));
			Path current = (this.workingDirectory != null) ? this.workingDirectory
					: Files.createDirectory(directory.resolve("run"));
			ProcessBuilder builder = new ProcessBuilder(command(workDir, temp)).directory(current.toFile())
				.redirectInput(new File("/dev/null"))
				.redirectErrorStream(true)
				.redirectOutput(log.toFile());
			String mark = MARK + "=" + UUID.randomUUID();
			prepare(builder.environment(), mark);
			return new RunningPool(builder.start(), mark, directory, workDir, log, List.copyOf(this.mayLeave));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private List<String> command(Path workDir, Path temp) {
		List<String> command = new ArrayList<>(this.prefix);
		command.add(this.javaHome.resolve("bin/java").toString());
		command.add("-Djava.io.tmpdir=" + temp);
		command.addAll(this.jvmFlags);
		command.addAll(this.launch.isEmpty() ? List.of("-jar", existingJar().toString()) : this.launch);
		if (!this.portOfItsOwn && value("--server.port=") == null) {
			command.add("--server.port=0");
		}
		if (!this.defaultWorkDir && value("--unicorn.work-dir=") == null) {
			command.add("--unicorn.work-dir=" + workDir);
		}
		command.addAll(this.args);
		return command;
	}

	/**
	 * The jar that is to be started.
	 * @return its absolute path
	 */
	public Path existingJar() {
		if (!Files.isRegularFile(this.jar)) {
			throw new IllegalStateException("There is no %s; build it first, or name another one by -D%s=..."
				.formatted(this.jar.toAbsolutePath(), JAR_PROPERTY));
		}
		return this.jar.toAbsolutePath();
	}

	private Path workDir(Path directory) {
		String given = value("--unicorn.work-dir=");
		return (given != null) ? Path.of(given) : directory.resolve("work");
	}

	private @Nullable String value(String option) {
		return this.args.stream()
			.filter((arg) -> arg.startsWith(option))
			.map((arg) -> arg.substring(option.length()))
			.findFirst()
			.orElse(null);
	}

	private void prepare(Map<String, String> inherited, String mark) {
		inherited.keySet().removeIf((name) -> FOREIGN.stream().anyMatch(name::startsWith));
		inherited.putAll(DEFAULTS);
		inherited.keySet().removeAll(this.withoutEnvironment);
		inherited.putAll(this.environment);
		inherited.put(MARK, mark.substring(MARK.length() + 1));
	}

}
