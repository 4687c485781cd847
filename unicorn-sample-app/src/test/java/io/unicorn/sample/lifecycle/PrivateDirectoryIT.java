package io.unicorn.sample.lifecycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import java.util.stream.Stream;

import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.pool.CommandRun;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RefusedStart;
import io.unicorn.sample.testsupport.pool.RunningPool;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests what other users of the machine may do to the files of a pool, and where the pool
 * goes then.
 */
@OneJdk
class PrivateDirectoryIT {

	/** A user and group that no system has a name for. */
	private static final int NAMELESS = 54_711;

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	@SuppressWarnings("NullAway.Init")
	Path directory;

	@Test
	void aConfiguredDirectoryThatOthersCanReplaceIsRefused() throws IOException {
		Path open = Files.createDirectory(this.directory.resolve("open"));
		Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

		assertThat(RefusedStart
			.of(this.pools, RunningPool.builder().bootingFast().args("--unicorn.work-dir=" + open.resolve("deep/work")))
			.output()).contains(open + " has mode 777", "chmod go-w " + open, "unicorn.work-dir");
		assertThat(open).isEmptyDirectory();
	}

	@Test
	void anOccupiedDefaultDirectoryGivesWayToAnotherAndANamedPipeHoldsNothingUp() throws Exception {
		String user = "test-" + UUID.randomUUID();
		Path occupied = Files.createFile(this.directory.resolve("unicorn-" + user));
		Path pipe = this.directory.resolve("app.pid");
		assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
		Path jar = AppJar.version("1").overwrite(this.directory.resolve("app.jar"));
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.jar(jar)
			.defaultWorkDir()
			.jvmFlags("-Duser.name=" + user, "-Djava.io.tmpdir=" + this.directory)
			.args("--unicorn.workers=1", "--unicorn.pidfile=" + pipe));

		pool.awaitReady(1);
		assertThat(pool.output())
			.containsPattern("the private directory " + occupied + " cannot be used \\(" + occupied
					+ " is not a directory\\), " + occupied + "-\\d+ is used instead")
			.contains("pid file " + pipe + " cannot be written: it is not a regular file");
		CommandRun status = CommandRun.of(jar, "status");
		assertThat(status.status()).as(status.toString()).isZero();
		assertThat(pool.stop()).isZero();
		assertThat(pipe).exists();
	}

	@Test
	void aSecondPoolLeavesThePidFileOfTheFirstAlone() {
		Path file = this.directory.resolve("app.pid");
		RunningPool first = start(file);
		first.awaitOutput("spawned", RunningPool.PATIENCE);
		RunningPool second = start(file);
		second.awaitOutput("pid file " + file + " cannot be written: it holds the process id " + first.masterPid(),
				RunningPool.PATIENCE);
		second.awaitReady(1);
		assertThat(second.stop()).isZero();
		assertThat(file).hasContent(Long.toString(first.masterPid()));
		first.awaitReady(1);
		assertThat(first.stop()).isZero();
		assertThat(file).doesNotExist();
	}

	private RunningPool start(Path pidFile) {
		return this.pools
			.start(RunningPool.builder().bootingFast().args("--unicorn.workers=1", "--unicorn.pidfile=" + pidFile));
	}

	/**
	 * A user without a name, as in many containers, with a java program that may be
	 * executed but not read: the kernel hides the environment of such a process, and says
	 * that it belongs to root.
	 */
	@Test
	void aUserWithoutANameAndAProtectedJavaProgramRunAPool() throws IOException {
		Assumptions.assumeTrue(Files.getOwner(Path.of("/proc/self")).getName().equals("root"),
				"only root can act as another user");
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		Path temporary = Files.createDirectory(this.directory.resolve("tmp"));
		Files.setAttribute(temporary, "unix:mode", 01777);
		RunningPool pool = this.pools
			.start(RunningPool.builder()
				.bootingFast()
				.jar(AppJar.version("1").overwrite(this.directory.resolve("app.jar")))
				.javaHome(unreadableJava())
				.prefix("sh", "-c",
						"chmod 755 ..; exec setpriv --reuid=%1$d --regid=%1$d --clear-groups \"$@\""
							.formatted(NAMELESS),
						"sh")
				.defaultWorkDir()
				.env("HOME", "/")
				.jvmFlags("-Djava.io.tmpdir=" + temporary)
				.args("--unicorn.workers=1"));

		pool.awaitReady(1);
		assertThat(temporary.resolve("unicorn-" + NAMELESS + "/generations")).isNotEmptyDirectory();
		assertThat(pool.output()).doesNotContain("WARN", "ERROR", "cannot be used");
		assertThat(pool.stop()).isZero();
	}

	private Path unreadableJava() throws IOException {
		Path home = Path.of(System.getProperty("java.home"));
		Path copy = Files.createDirectories(this.directory.resolve("jdk/bin")).getParent();
		try (Stream<Path> entries = Files.list(home)) {
			for (Path entry : entries.filter((file) -> !file.endsWith("bin")).toList()) {
				Files.createSymbolicLink(copy.resolve(entry.getFileName()), entry);
			}
		}
		Path java = Files.copy(home.resolve("bin/java"), copy.resolve("bin/java"));
		Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx--x--x"));
		return copy;
	}

}
