package io.unicorn.master.ground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

import io.unicorn.launch.generation.Generation;
import io.unicorn.launch.generation.GenerationStore;
import io.unicorn.launch.lease.Leases;
import io.unicorn.launch.plan.JavaCommandLine;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.ListenAddress;
import io.unicorn.launch.plan.MasterLog;
import io.unicorn.launch.settings.AotCache;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.launch.settings.WorkerClass;
import io.unicorn.launch.workdir.WorkDir;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.command.Commands;
import io.unicorn.master.event.BackgroundThread;
import io.unicorn.master.event.BackgroundThread;
import io.unicorn.master.generation.Generations;
import io.unicorn.master.generation.Housekeeping;
import io.unicorn.master.log.LogQueue;
import io.unicorn.master.log.LogWriter;
import io.unicorn.posix.Command;
import io.unicorn.posix.ScriptedPosix;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * What is made again or looked up again when it was deleted from the disk.
 */
@Timeout(60)
class GroundTests {

	private final ScriptedPosix posix = new ScriptedPosix();

	private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

	@TempDir
	private Path directory = Path.of("");

	private Path workDir = Path.of("");

	private Path jar = Path.of("");

	private Path temporary = Path.of("");

	private LogQueue log;

	private Generations generations;

	@BeforeEach
	void create() throws IOException {
		this.workDir = this.directory.resolve("work");
		WorkDir.open(this.workDir);
		this.jar = writeJar("one");
		this.temporary = Files.createDirectory(this.directory.resolve("tmp"));
		this.log = new LogQueue(new LogWriter(4711, "shop", MasterLog.text(this.directory.resolve("log").toString())));
		this.generations = new Generations(new Housekeeping(new Leases(this.workDir, this.posix),
				new BackgroundThread(this.log::fault), this.log));
		installJava("jdk-1");
		linkJava("jdk-1");
	}

	private Path writeJar(String content) throws IOException {
		Path file = this.directory.resolve("app.jar");
		Manifest manifest = new Manifest();
		manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
		manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, content);
		try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(file), manifest)) {
			out.flush();
		}
		// The content is settled: another write would change the time.
		Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
		return file;
	}

	private void installJava(String name) throws IOException {
		Path home = this.directory.resolve(name);
		Files.createDirectories(home.resolve("bin"));
		Files.createFile(home.resolve("bin/java"),
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
		Files.createDirectories(home.resolve("lib"));
		Files.createFile(home.resolve("lib/modules"));
	}

	private void linkJava(String name) throws IOException {
		Files.deleteIfExists(this.directory.resolve("current"));
		Files.createSymbolicLink(this.directory.resolve("current"), this.directory.resolve(name));
	}

	private static void delete(Path path) throws IOException {
		try (Stream<Path> files = Files.walk(path)) {
			files.sorted(Comparator.reverseOrder()).forEach((file) -> {
				try {
					Files.delete(file);
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			});
		}
	}

	private LaunchPlan plan(Generation generation) throws IOException {
		PoolSettings settings = new PoolSettings(OptionalInt.of(2), WorkerClass.GTHREAD, Duration.ofSeconds(30),
				Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ZERO, false, RolloutSettings.DEFAULT,
				AotCache.OFF);
		String java = Command.bytes(this.directory.resolve("jdk-1/bin/java").toRealPath());
		JavaCommandLine command = new JavaCommandLine("java", List.of("-Djava.io.tmpdir=" + this.temporary, "-Dx"),
				List.of("-jar", Command.bytes(this.jar)));
		return new LaunchPlan("shop", settings, 2,
				new LaunchPlan.Bindings(List.of(new ListenAddress("http", null, 8080, 100)), Map.of()),
				new LaunchPlan.Workers(java, command, generation, List.of(), List.of(), List.of()),
				new LaunchPlan.Master(Command.bytes(this.workDir), List.of(), null, List.of(),
						MasterLog.text(this.directory.resolve("log").toString()), Map.of()),
				List.of());
	}

	/** Return the ground of a pool whose workers run the jar where it lies, or a copy. */
	private Ground ground(Generation generation) throws IOException {
		LaunchPlan plan = plan(generation);
		Ground ground = new Ground(this.posix, plan, List.of("PATH=/nowhere:" + this.directory.resolve("current/bin")),
				this.generations, new Commands(this.log, this.events::add), new BackgroundThread((what, fault) -> {
				}), this.log, this.events::add);
		this.generations.add(1, plan);
		ground.add(1, plan);
		return ground;
	}

	private Generation copy() throws IOException {
		return new GenerationStore(WorkDir.open(this.workDir)).of(this.jar);
	}

	private List<String> logged() throws IOException {
		this.log.flush(Duration.ofSeconds(10));
		Path file = this.directory.resolve("log");
		return Files.exists(file) ? Files.readAllLines(file) : List.of();
	}

	private <T extends Event> T event(Class<T> type) throws InterruptedException {
		return type.cast(this.events.take());
	}

	@Test
	void whileNothingIsMissingNothingHappens() throws IOException {
		Ground ground = ground(copy());
		assertThat(ground.forWorker(1)).isEqualTo(this.generations.plan(1));
		assertThat(ground.forProgram()).isEqualTo(this.generations.plan(1));
		assertThat(ground.hasCode(1)).isTrue();
		ground.keepUp(Instant.now());
		assertThat(logged()).isEmpty();
		assertThat(this.events).isEmpty();
		assertThat(this.posix.directories()).isEmpty();
	}

	@Test
	void anotherJdkBehindTheLinkIsFoundAsAtTheStart() throws Exception {
		Ground ground = ground(null);
		installJava("jdk-2");
		linkJava("jdk-2");
		String first = this.generations.plan(1).workers().java();
		assertThat(ground.forWorker(1).workers().java()).as("the old one is still there").isEqualTo(first);
		delete(this.directory.resolve("jdk-1"));
		String second = this.directory.resolve("jdk-2/bin/java").toRealPath().toString();
		assertThat(ground.forWorker(1).workers().java()).isEqualTo(second);
		assertThat(ground.forProgram().workers().java()).isEqualTo(second);
		assertThat(ground.forWorker(1).workers().java()).isEqualTo(second);
		assertThat(event(Event.GenerationChanged.class).generation()).isEqualTo(1);
		assertThat(this.events).isEmpty();
		assertThat(logged()).singleElement().asString().contains("WARN", first + " was deleted", second);
	}

	@Test
	void aJdkOfWhichDirectoriesAreLeftIsGone() throws IOException {
		Ground ground = ground(null);
		installJava("jdk-2");
		linkJava("jdk-2");
		Files.delete(this.directory.resolve("jdk-1/lib/modules"));
		assertThat(ground.forWorker(1).workers().java()).contains("jdk-2");
	}

	@Test
	void withoutAnyJdkTheMessageSaysWhatIsMissing() throws IOException {
		Ground ground = ground(null);
		delete(this.directory.resolve("jdk-1"));
		assertThatIOException().isThrownBy(() -> ground.forWorker(1))
			.withMessageContaining("jdk-1/bin/java was deleted, and java names no other program");
	}

	@Test
	void theWorkDirIsMadeAgainWithItsMode() throws IOException {
		Ground ground = ground(null);
		delete(this.workDir);
		ground.keepUp(Instant.now());
		ground.forWorker(1);
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(this.workDir))).isEqualTo("rwx------");
		assertThat(logged()).singleElement().asString().contains("WARN", this.workDir + " was deleted");
	}

	@Test
	void workersGetADirectoryOfTemporaryFilesUntilTheirOwnIsBack() throws IOException {
		Ground ground = ground(null);
		Files.delete(this.temporary);
		List<String> flags = ground.forWorker(1).workers().command().options();
		assertThat(flags).last().isEqualTo("-Djava.io.tmpdir=" + this.workDir.resolve("tmp"));
		assertThat(this.workDir.resolve("tmp")).isDirectory();
		ground.forWorker(1);
		assertThat(logged()).as("once").singleElement().asString().contains("WARN", this.temporary.toString());
		Files.createDirectory(this.temporary);
		assertThat(ground.forWorker(1)).isEqualTo(this.generations.plan(1));
	}

	@Test
	void aDirectoryOfTemporaryFilesInTheWorkDirIsMadeAgain() throws IOException {
		this.temporary = this.workDir.resolve("deep/tmp");
		Ground ground = ground(null);
		assertThat(ground.forWorker(1)).isEqualTo(this.generations.plan(1));
		assertThat(this.temporary).isDirectory();
		assertThat(logged()).singleElement().asString().contains("it is made again");
	}

	@Test
	void aCopyIsMadeAgainOfTheSameJar() throws Exception {
		Generation copy = copy();
		Ground ground = ground(copy);
		Files.delete(copy.jar());
		assertThat(ground.hasCode(1)).isFalse();
		ground.restoreCode(1);
		assertThat(event(Event.CodeRestored.class).generation()).isEqualTo(1);
		assertThat(ground.hasCode(1)).isTrue();
	}

	@Test
	void aCopyIsMadeAgainInADeletedWorkDir() throws Exception {
		Ground ground = ground(copy());
		delete(this.workDir);
		ground.restoreCode(1);
		assertThat(event(Event.CodeRestored.class).generation()).isEqualTo(1);
		assertThat(ground.hasCode(1)).isTrue();
	}

	@Test
	void otherCodeInPlaceOfTheCopiedOneIsReported() throws Exception {
		Generation copy = copy();
		Ground ground = ground(copy);
		delete(copy.directory());
		writeJar("another");
		ground.restoreCode(1);
		Event.CodeNotRestored found = event(Event.CodeNotRestored.class);
		assertThat(found.found()).isNotEmpty().isNotEqualTo(copy.id());
		assertThat(found.cause()).isEqualTo(this.jar + " has other content by now");
		Files.delete(this.jar);
		ground.restoreCode(1);
		Event.CodeNotRestored missing = event(Event.CodeNotRestored.class);
		assertThat(missing.found()).isEmpty();
		assertThat(missing.cause()).contains(this.jar + " does not exist");
	}

	@Test
	void aJarThatWorkersRunWhereItLiesIsCheckedToo() throws Exception {
		Ground ground = ground(null);
		Files.setPosixFilePermissions(this.jar, PosixFilePermissions.fromString("r--r--r--"));
		assertThat(ground.hasCode(1)).as("another mode is no other code").isTrue();
		Files.delete(this.jar);
		assertThat(ground.hasCode(1)).isFalse();
		ground.restoreCode(1);
		assertThat(event(Event.CodeNotRestored.class)).extracting(Event.CodeNotRestored::found).isEqualTo("");
		writeJar("another");
		assertThat(ground.hasCode(1)).isFalse();
		ground.restoreCode(1);
		assertThat(event(Event.CodeNotRestored.class).found()).isNotEmpty();
	}

	@Test
	void aLossThatLastsIsReportedOnceAndLaterOnesAgain() throws IOException {
		Ground ground = ground(null);
		List<Path> lost = new ArrayList<>(List.of(this.temporary));
		for (int i = 0; i < 2; i++) {
			Files.delete(lost.get(0));
			ground.forWorker(1);
			ground.forWorker(1);
			Files.createDirectory(lost.get(0));
			ground.forWorker(1);
		}
		assertThat(logged()).hasSize(2);
	}

}
