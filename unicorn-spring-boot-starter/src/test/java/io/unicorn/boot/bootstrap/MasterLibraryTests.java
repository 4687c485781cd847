package io.unicorn.boot.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

import io.unicorn.launch.JavaCommandLine;
import io.unicorn.launch.LaunchPlan;
import io.unicorn.launch.ListenAddress;
import io.unicorn.launch.MasterCommand;
import io.unicorn.launch.MasterProgram;
import io.unicorn.launch.AotCache;
import io.unicorn.launch.PoolSettings;
import io.unicorn.launch.RolloutSettings;
import io.unicorn.launch.WorkDir;
import io.unicorn.launch.WorkerClass;
import io.unicorn.posix.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the master is made of, and the command that starts it.
 */
class MasterLibraryTests {

	@TempDir
	private Path directory;

	private MasterLibrary extract() throws IOException {
		return MasterLibrary.extract(getClass().getClassLoader(), WorkDir.open(this.directory.resolve("work")));
	}

	private List<Path> homes() throws IOException {
		try (var entries = Files.list(this.directory.resolve("work/lib"))) {
			return entries.toList();
		}
	}

	private List<Path> jars(MasterLibrary library) {
		return library.classPath().stream().filter(Files::isRegularFile).toList();
	}

	@Test
	void theMasterGetsTheFewJarsThatItNeedsAsTheyAre() throws IOException {
		MasterLibrary library = extract();
		assertThat(library.classPath()).allMatch(Files::exists).hasSize(3);
		for (Path jar : jars(library)) {
			assertThat(jar).startsWithRaw(this.directory);
			assertThat(onClassPath(jar.getFileName().toString())).hasSameBinaryContentAs(jar);
		}
		assertThat(library.nativeDirectory().resolve("libjffi-1.2.so")).isNotEmptyFile();
	}

	private static Path onClassPath(String name) {
		for (String entry : System.getProperty("java.class.path").split(":", -1)) {
			if (entry.endsWith("/" + name)) {
				return Path.of(entry);
			}
		}
		throw new AssertionError(name + " is not on the class path");
	}

	@Test
	void aSecondStartFindsWhatTheFirstHasStored() throws IOException {
		MasterLibrary first = extract();
		List<java.nio.file.attribute.FileTime> times = new ArrayList<>();
		for (Path jar : jars(first)) {
			times.add(Files.getLastModifiedTime(jar));
		}
		MasterLibrary second = extract();
		assertThat(second.classPath()).isEqualTo(first.classPath());
		for (Path jar : jars(second)) {
			assertThat(times.remove(0)).isEqualTo(Files.getLastModifiedTime(jar));
		}
		assertThat(homes()).hasSize(1);
	}

	@Test
	void whatACleanerHasTakenAwayIsPutBack() throws IOException {
		MasterLibrary first = extract();
		List<Path> jars = jars(first);
		Files.delete(jars.get(0));
		Files.write(jars.get(1), new byte[3]);
		extract();
		for (Path jar : jars) {
			assertThat(onClassPath(jar.getFileName().toString())).hasSameBinaryContentAs(jar);
		}
		try (var files = Files.list(homes().get(0))) {
			assertThat(files.map((file) -> file.getFileName().toString())).noneMatch((name) -> name.startsWith("new-"));
		}
	}

	@Test
	void startsAtTheSameTimeDoNotDisturbEachOther() throws Exception {
		Files.createDirectories(this.directory);
		WorkDir workDir = WorkDir.open(this.directory.resolve("work"));
		Queue<Object> results = new ConcurrentLinkedQueue<>();
		CountDownLatch start = new CountDownLatch(1);
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			Thread thread = new Thread(() -> {
				try {
					start.await();
					results.add(MasterLibrary.extract(getClass().getClassLoader(), workDir).classPath());
				}
				catch (IOException | InterruptedException ex) {
					results.add(ex);
				}
			});
			threads.add(thread);
			thread.start();
		}
		start.countDown();
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(results).hasSize(6).containsOnly(extract().classPath());
		assertThat(homes()).hasSize(1);
	}

	@Test
	void theMasterIsFreeOfWhatIsMeantForTheApplication() throws IOException {
		MasterLibrary library = extract();
		LaunchPlan plan = new LaunchPlan("shop",
				new PoolSettings(OptionalInt.empty(), WorkerClass.GTHREAD, Duration.ZERO, Duration.ofSeconds(1),
						Duration.ZERO, Duration.ZERO, false, RolloutSettings.DEFAULT, AotCache.AUTO),
				2, List.of(new ListenAddress("http", null, 8080, 1)), Map.of("http", 5), "/bin/java",
				new JavaCommandLine("java", List.of("-Xmx1g", "-javaagent:x.jar"),
						List.of("-jar", "a.jar", "--secret")),
				null, List.of(), List.of(), List.of(), List.of(), null, List.of(),
				new MasterProgram("/w", library.classPath().stream().map(Path::toString).toList(), null));
		Command command = MasterCommand.starting(plan, this.directory.resolve("plan-1"), null,
				List.of("PATH=/bin", "JAVA_TOOL_OPTIONS=-Dx", "JDK_JAVA_OPTIONS=-Dy", "_JAVA_OPTIONS=-Dz",
						"JAVA_TOOL_OPTIONS_OLD=1", "EMPTY=", "NOVALUE"));
		assertThat(command.executable()).isEqualTo("/bin/java");
		assertThat(command.environment()).containsExactly("PATH=/bin", "JAVA_TOOL_OPTIONS_OLD=1", "EMPTY=", "NOVALUE",
				"_JAVA_SR_SIGNUM=40");
		assertThat(command.arguments()).startsWith("unicorn: master [shop] java -jar a.jar")
			.endsWith("io.unicorn.master.Master", this.directory.resolve("plan-1").toString())
			.contains("-Xmx32m")
			.doesNotContain("-Xmx1g", "-javaagent:x.jar", "--secret");
		assertThat(command.arguments().get(command.arguments().indexOf("-cp") + 1).split(":", -1))
			.hasSameSizeAs(library.classPath());
	}

	@ParameterizedTest
	@CsvSource({ "app.log, app-worker-0.log", "logs/app.log, logs/app-worker-0.log", "app, app-worker-0",
			"logs.d/app, logs.d/app-worker-0", "/var/log/a.b.log, /var/log/a.b-worker-0.log",
			".hidden, .hidden-worker-0", "logs/.hidden, logs/.hidden-worker-0", "app., app-worker-0." })
	void aWorkersLogFileHasItsNumberInFrontOfTheExtension(String file, String expected) {
		assertThat(WorkerEnvironmentPostProcessor.withSuffix(file, "-worker-0")).isEqualTo(expected);
	}

}
