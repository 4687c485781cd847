package io.unicorn.sample.lifecycle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.unicorn.sample.testsupport.FreePort;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.Unpacked;
import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.process.Leftovers;
import io.unicorn.sample.testsupport.process.OsProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

/**
 * Tests the ways to start an application, and that workers get its arguments, flags and
 * environment.
 */
@OneJdk
class LaunchFormsIT {

	private static final Pattern LINE = Pattern
		.compile("(?m)^\\S+T\\S+ +(?:TRACE|DEBUG|INFO|WARN|ERROR) (\\d+) --- (.*)$");

	private static final String JMX_PORT = "-Dcom.sun.management.jmxremote.port=";

	private static final Pattern WITH_JMX = Pattern
		.compile("only worker \\d \\(pid (\\d+)\\) runs with " + JMX_PORT + "(\\d+)");

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	Path directory;

	@Test
	void anExplodedJarServes() throws IOException {
		Unpacked.into(this.directory);

		assertServes(RunningPool.builder()
			.bootingFast()
			.workingDirectory(this.directory)
			.launch("-cp", ".", "org.springframework.boot.loader.launch.JarLauncher"));
	}

	@Test
	void anExtractedJarServes() throws Exception {
		Path extracted = this.directory.resolve("d");
		Path jar = RunningPool.builder().existingJar();
		Process tools = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-Djarmode=tools", "-jar",
				jar.toString(), "extract", "--destination", extracted.toString())
			.inheritIO()
			.start();
		assertThat(tools.waitFor()).isZero();

		assertServes(RunningPool.builder().bootingFast().jar(extracted.resolve(jar.getFileName())));
	}

	@Test
	void aMainClassServesAlsoFromAnArgumentFile() throws IOException {
		Unpacked.into(this.directory);
		Path arguments = Files.writeString(this.directory.resolve("arguments"), """
				-Xmx300m --enable-native-access=ALL-UNNAMED
				-cp BOOT-INF/classes:BOOT-INF/lib/* -Dnote="of two words"
				io.unicorn.sample.SampleApplication
				""");

		RunningPool pool = assertServes(RunningPool.builder()
			.bootingFast()
			.workingDirectory(this.directory)
			.launch("@" + arguments.getFileName()));
		assertThat(pool.output()).doesNotContain("ERROR", "WARN");
	}

	@Test
	void pathArgumentsFlagsAndEnvironmentReachWorkersUnchanged() throws IOException {
		Path odd = Files.createDirectory(this.directory.resolve("a ü b+c%20"));
		Path jar = Files.copy(RunningPool.builder().existingJar(), odd.resolve("äpp.jar"));
		String[] arguments = { "--note=two words, \"quoted\" and 'quoted'", "--nöte=ä€😀", "", "a\\b $HOME * `c`\n",
				"-Dnot.a.flag=1", "@neither.this" };
		RunningPool pool = assertServes(RunningPool.builder()
			.bootingFast()
			// Not valid in any encoding that is in use here.
			.prefix("sh", "-c", "ODD=$(printf 'caf\\351') exec \"$@\"", "sh")
			.env("JAVA_TOOL_OPTIONS", "-Dtool.option=1 -Dtool.text='two words'")
			.jar(jar)
			.jvmFlags("-Dnote=ü \"x\"", "-Xss800k", "-XX:+UseSerialGC", "--add-modules", "java.sql")
			.args(arguments));

		long worker = pool.workerPids().get(0);
		List<String> expected = new ArrayList<>(
				List.of("-Dnote=ü \"x\"", "-Xss800k", "-XX:+UseSerialGC", "--add-modules", "java.sql", "-jar",
						copy(pool).toString(), "--server.port=0", "--unicorn.work-dir=" + pool.workDir()));
		expected.addAll(List.of(arguments));
		expected.add("--unicorn.workers=1");
		assertThat(OsProcess.arguments(worker).stream().map(LaunchFormsIT::decode).toList())
			.endsWith(expected.toArray(String[]::new));

		String tools = "JAVA_TOOL_OPTIONS=-Dtool.option=1 -Dtool.text='two words'";
		assertThat(OsProcess.environment(worker)).contains(tools, "ODD=caf\u00e9");
		assertThat(OsProcess.environment(pool.masterPid())).contains("ODD=caf\u00e9").doesNotContain(tools);
		assertThat(pool.output().split("Picked up JAVA_TOOL_OPTIONS", -1))
			.as("printed by the process before it becomes the master, and by the worker")
			.hasSize(1 + 2);
	}

	@Test
	void theOutputLooksLikeThatOfOneApplicationAndNamesTheProcessOfEachLine() throws IOException {
		Path log = this.directory.resolve("log/app.log");
		Path pidfile = this.directory.resolve("run/unicorn.pid");
		Path springPidFile = this.directory.resolve("spring.pid");
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.args("--logging.file.name=" + log, "--unicorn.pidfile=" + pidfile, "--spring.pid.file=" + springPidFile));
		pool.awaitReady(2);
		assertThat(pidfile).hasContent(Long.toString(pool.masterPid()));
		assertThat(springPidFile).hasContent(Long.toString(pool.masterPid()));
		List<Long> workers = pool.workerPids();
		assertThat(pool.stop()).isZero();

		String output = pool.output();
		assertThat(output).containsOnlyOnce(":: Spring Boot ::");
		assertThat(output).doesNotContain("port -1", "1 workers");
		LINE.matcher(output).results().forEach((line) -> {
			long pid = Long.parseLong(line.group(1));
			int worker = workers.indexOf(pid);
			assertThat(line.group()).contains((worker < 0) ? "[         master]" : "[worker-" + worker + "]");
			assertThat(pid).isIn(Stream.concat(workers.stream(), Stream.of(pool.masterPid())).toList());
		});
		for (int worker = 0; worker < workers.size(); worker++) {
			String name = "worker %d \\(pid %d\\) ".formatted(worker, workers.get(worker));
			assertThat(output).containsPattern(name + "spawned")
				.containsPattern(name + "ready in [\\d ]+ ms")
				.containsPattern(name + "draining \\(")
				.containsPattern(name + "exited \\(");
		}
		assertThat(Files.readString(log)).contains("listening on", "spawned", "exited", "master stopped")
			.doesNotContain("[worker-");
		for (int worker = 0; worker < workers.size(); worker++) {
			assertThat(Files.readString(log.resolveSibling("app-worker-" + worker + ".log")))
				.contains("[worker-" + worker + "]", "Started SampleApplication")
				.doesNotContain("[worker-" + (1 - worker) + "]", "[         master]");
		}
		assertThat(pidfile).doesNotExist();
		assertThat(springPidFile).doesNotExist();
	}

	@Test
	void thePortOfRemoteManagementIsHandedOnWhenItsWorkerDies() throws IOException {
		int port = FreePort.choose();
		RunningPool pool = this.pools.start(RunningPool.builder().bootingFast().jvmFlags(jmx(port)));
		pool.awaitReady(2);

		long first = workerWithJmx(pool, 0, port);
		assertThat(Leftovers.isListening(port)).isTrue();

		int mark = pool.mark();
		pool.signal(first, "KILL");
		pool.awaitOutputAfter(mark, Pattern.compile("ready in"), RunningPool.PATIENCE);
		pool.awaitReady(2);
		assertThat(workerWithJmx(pool, mark, port)).isNotEqualTo(first);
		assertThat(Leftovers.isListening(port)).isTrue();
	}

	@Test
	@Nightly
	void thePortOfRemoteManagementMayComeFromTheEnvironment() throws IOException {
		int port = FreePort.choose();
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.env("JAVA_TOOL_OPTIONS", String.join(" ", jmx(port)) + " -Dtool.option=1"));
		pool.awaitReady(2);

		long only = workerWithJmx(pool, 0, port);
		assertThat(pool.workerPids()).allSatisfy((pid) -> assertThat(String.join("\n", OsProcess.environment(pid)))
			.contains("-Dcom.sun.management.jmxremote.ssl=false -Dtool.option=1"));
		assertThat(pool.output()).contains("only worker").contains("pid " + only);
	}

	/**
	 * JDK 24 and later print a warning about native access unless it is enabled.
	 */
	@Test
	void aStartOnARecentJdkPrintsNoWarning() throws IOException {
		RunningPool pool = assertServes(RunningPool.builder().javaHome(recentJdk()));

		assertThat(pool.output()).contains("using Java 25").doesNotContainIgnoringCase("warn");
	}

	/**
	 * Return the only copy of the jar, which the workers run.
	 */
	private static Path copy(RunningPool pool) throws IOException {
		try (Stream<Path> generations = Files.list(pool.workDir().resolve("generations"))) {
			return generations.reduce((one, other) -> {
				throw new AssertionError("There are several generations: " + one + ", " + other);
			}).orElseThrow().resolve("äpp.jar");
		}
	}

	/**
	 * Return the JDK of the tests, or one that is installed beside it.
	 */
	private static Path recentJdk() throws IOException {
		try (Stream<Path> installed = Files.list(Path.of("/usr/lib/jvm"))) {
			return Stream.concat(Stream.of(Path.of(System.getProperty("java.home"))), installed)
				.filter(LaunchFormsIT::isRecent)
				.findFirst()
				.orElseGet(() -> abort("There is no JDK 25 here"));
		}
	}

	private static boolean isRecent(Path jdk) {
		try {
			return Files.isExecutable(jdk.resolve("bin/java"))
					&& Files.readString(jdk.resolve("release")).contains("JAVA_VERSION=\"25");
		}
		catch (IOException ex) {
			return false;
		}
	}

	private RunningPool assertServes(PoolBuilder description) {
		RunningPool pool = this.pools.start(description.args("--unicorn.workers=1"));
		pool.awaitReady(1);
		try {
			assertThat(pool.get("/whoami").text()).contains("\"worker\":0");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return pool;
	}

	private static String[] jmx(int port) {
		return new String[] { JMX_PORT + port, "-Dcom.sun.management.jmxremote.rmi.port=" + port,
				"-Dcom.sun.management.jmxremote.authenticate=false", "-Dcom.sun.management.jmxremote.ssl=false" };
	}

	/**
	 * Return the only worker that has the flag; the log must name it.
	 */
	private static long workerWithJmx(RunningPool pool, int mark, int port) {
		MatchResult line = pool.awaitOutputAfter(mark, WITH_JMX, Duration.ofSeconds(5));
		assertThat(line.group(2)).isEqualTo(Integer.toString(port));
		long named = Long.parseLong(line.group(1));
		assertThat(pool.workerPids()).hasSize(2)
			.filteredOn((pid) -> Stream.concat(OsProcess.arguments(pid).stream(), OsProcess.environment(pid).stream())
				.anyMatch((text) -> text.contains(JMX_PORT + port)))
			.containsExactly(named);
		return named;
	}

	private static String decode(String bytes) {
		return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
	}

}
