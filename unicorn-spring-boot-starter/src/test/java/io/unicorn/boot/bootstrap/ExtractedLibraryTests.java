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

import io.unicorn.launch.plan.JavaCommandLine;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.MasterLog;
import io.unicorn.launch.plan.ListenAddress;
import io.unicorn.launch.plan.MasterCommand;
import io.unicorn.launch.settings.AotCache;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.launch.settings.WorkerClass;
import io.unicorn.launch.workdir.WorkDir;
import io.unicorn.posix.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the extraction of the master's class path, and the command that starts the
 * master.
 */
class ExtractedLibraryTests {

	@TempDir
	private Path directory;

	private ExtractedLibrary extract() throws IOException {
		return ExtractedLibrary.extract(getClass().getClassLoader(), WorkDir.open(this.directory.resolve("work")),
				new NativeLibrary());
	}

	private List<Path> directories() throws IOException {
		try (var entries = Files.list(this.directory.resolve("work/lib"))) {
			return entries.toList();
		}
	}

	private List<Path> jars(ExtractedLibrary library) {
		return library.classPath().stream().filter(Files::isRegularFile).toList();
	}

	@Test
	void theJarsOfTheMasterAreCopiedUnchanged() throws IOException {
		ExtractedLibrary library = extract();
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
		ExtractedLibrary first = extract();
		List<java.nio.file.attribute.FileTime> times = new ArrayList<>();
		for (Path jar : jars(first)) {
			times.add(Files.getLastModifiedTime(jar));
		}
		ExtractedLibrary second = extract();
		assertThat(second.classPath()).isEqualTo(first.classPath());
		for (Path jar : jars(second)) {
			assertThat(times.remove(0)).isEqualTo(Files.getLastModifiedTime(jar));
		}
		assertThat(directories()).hasSize(1);
	}

	@Test
	void filesThatWereDeletedOrTruncatedAreRestored() throws IOException {
		ExtractedLibrary first = extract();
		List<Path> jars = jars(first);
		Files.delete(jars.get(0));
		Files.write(jars.get(1), new byte[3]);
		extract();
		for (Path jar : jars) {
			assertThat(onClassPath(jar.getFileName().toString())).hasSameBinaryContentAs(jar);
		}
		try (var files = Files.list(directories().get(0))) {
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
					results.add(ExtractedLibrary.extract(getClass().getClassLoader(), workDir, new NativeLibrary())
						.classPath());
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
		assertThat(directories()).hasSize(1);
	}

	@Test
	void theMasterGetsNoFlagsOfTheApplication() throws IOException {
		ExtractedLibrary library = extract();
		LaunchPlan plan = new LaunchPlan("shop",
				new PoolSettings(OptionalInt.empty(), WorkerClass.GTHREAD, Duration.ZERO, Duration.ofSeconds(1),
						Duration.ZERO, Duration.ZERO, false, RolloutSettings.DEFAULT, AotCache.AUTO),
				2, new LaunchPlan.Bindings(List.of(new ListenAddress("http", null, 8080, 1)), Map.of("http", 5)),
				new LaunchPlan.Workers("/bin/java",
						new JavaCommandLine("java", List.of("-Xmx1g", "-javaagent:x.jar"),
								List.of("-jar", "a.jar", "--secret")),
						null, List.of(), List.of(), List.of()),
				new LaunchPlan.Master("/w", library.classPath().stream().map(Path::toString).toList(), null, List.of(),
						MasterLog.TEXT, Map.of()),
				List.of());
		Command command = MasterCommand.starting(plan, this.directory.resolve("plan-1"), List.of(),
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

}
