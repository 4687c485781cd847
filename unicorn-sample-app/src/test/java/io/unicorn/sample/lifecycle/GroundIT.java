package io.unicorn.sample.lifecycle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.load.LoadClient;
import io.unicorn.sample.testsupport.pool.CommandRun;
import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RolloutView;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a pool runs from vanishes while it runs: a killed worker is replaced and a
 * roll-out succeeds nevertheless.
 */
class GroundIT {

	@RegisterExtension
	private final Pools pools = new Pools();

	@TempDir
	private Path directory = Path.of("");

	private PoolBuilder builder(Path jar) {
		return RunningPool.builder().bootingFast().jar(jar).args("--unicorn.workers=2").mayLeave("tmp/**");
	}

	private Path jar() {
		return this.directory.resolve("app.jar");
	}

	private static void delete(Path path, boolean filesOnly) {
		try (Stream<Path> files = Files.walk(path)) {
			files.sorted(Comparator.reverseOrder())
				.filter((file) -> !filesOnly || Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
				.forEach((file) -> {
					try {
						Files.delete(file);
					}
					catch (IOException ex) {
						throw new UncheckedIOException(ex);
					}
				});
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void killOne(RunningPool pool) {
		WorkerView killed = WorkerView.oldest(pool.awaitReady(2));
		pool.signal(killed.pid(), "KILL");
		pool.awaitPool("a successor of the killed worker",
				(seen) -> WorkerView.ready(seen).stream().filter((worker) -> worker.id() != killed.id()).count() == 2,
				RunningPool.PATIENCE);
	}

	private static RolloutView rollOutUnderLoad(RunningPool pool) throws IOException {
		LoadClient load = pool.mixedLoad(2).pause(Duration.ofMillis(20)).start();
		RolloutView result = pool.rollOut();
		load.stop().assertFlawless();
		assertThat(result.state()).as(result.toString()).isEqualTo("succeeded");
		return result;
	}

	private static long count(RunningPool pool, String text) {
		return Pattern.compile(text, Pattern.LITERAL).matcher(pool.output()).results().count();
	}

	@Test
	@Nightly
	void filesAndDirectoriesThatAreDeletedAreMadeAgain() throws IOException {
		Path run = Files.createDirectory(this.directory.resolve("run"));
		RunningPool pool = this.pools.start(builder(AppJar.version("1").overwrite(jar())).workingDirectory(run));
		pool.awaitReady(2);

		delete(pool.workDir(), true);
		killOne(pool);
		assertThat(count(pool, "it is made again, of a file with the same content")).isEqualTo(1);
		RolloutView same = rollOutUnderLoad(pool);
		assertThat(same.steps()).anyMatch((step) -> step.contains("has the same code, settings and JVM flags"));

		delete(pool.workDir(), false);
		killOne(pool);
		assertThat(count(pool, "the private directory " + pool.workDir() + " was deleted")).isEqualTo(1);
		CommandRun status = CommandRun.of(jar(), "status");
		assertThat(status.out()).as(status.toString()).contains("2 of 2 workers ready");

		delete(pool.workDir(), false);
		delete(run, false);
		delete(pool.directory().resolve("tmp"), false);
		rollOutUnderLoad(pool);
		killOne(pool);
		assertThat(count(pool, "the working directory " + run + " was deleted")).isEqualTo(1);
		assertThat(count(pool, "the directory of temporary files ")).isEqualTo(1);
		assertThat(pool.get("/whoami").status()).isEqualTo(200);
		assertThat(pool.stop()).isZero();
	}

	@Test
	@Nightly
	@OneJdk
	void theWorkingDirectoryIsTheOneThatItsLinkNamesNow() throws IOException {
		Path current = this.directory.resolve("current");
		Path first = Files.createDirectory(this.directory.resolve("release-1"));
		Path second = Files.createDirectory(this.directory.resolve("release-2"));
		Files.createSymbolicLink(current, first);
		AppJar.version("1").overwrite(first.resolve("app.jar"));
		AppJar.version("2").overwrite(second.resolve("app.jar"));
		RunningPool pool = this.pools
			.start(builder(jar()).launch("-jar", "app.jar").workingDirectory(current).env("PWD", current.toString()));
		pool.awaitReady(2);
		Files.delete(current);
		Files.createSymbolicLink(current, second);
		delete(first, false);
		killOne(pool);
		assertThat(pool.versions()).as("workers run from the copy").containsExactly("1");
		rollOutUnderLoad(pool);
		assertThat(pool.versions()).containsExactly("2");
	}

	@Test
	@OneJdk
	void otherCodeIsRolledOutWhenTheCopyIsGone() throws IOException {
		RunningPool pool = this.pools.start(builder(AppJar.version("1").overwrite(jar())));
		RolloutView none = RolloutView.latest(pool.awaitReady(2));
		delete(pool.workDir().resolve("generations"), false);
		AppJar.version("2").overwrite(jar());
		pool.signal(WorkerView.oldest(pool.pool()).pid(), "KILL");
		RolloutView result = none.awaitNext(pool, RunningPool.PATIENCE);
		assertThat(result.state()).as(result.toString()).isEqualTo("succeeded");
		pool.awaitReady(2);
		assertThat(pool.versions()).containsExactly("2");
		assertThat(count(pool, "the code that is there now is rolled out")).isEqualTo(1);
	}

	@Test
	@Nightly
	@OneJdk
	void anotherJdkBehindTheLinkIsUsedWhenTheFirstIsGone() throws IOException {
		Path link = this.directory.resolve("java");
		Files.createSymbolicLink(link, jdk("jdk-1"));
		RunningPool pool = this.pools.start(builder(AppJar.version("1").overwrite(jar())).javaHome(link));
		pool.awaitReady(2);
		Path second = jdk("jdk-2");
		Files.delete(link);
		Files.createSymbolicLink(link, second);
		delete(this.directory.resolve("jdk-1"), false);
		killOne(pool);
		assertThat(count(pool, "jdk-1/bin/java was deleted; processes start with what " + link)).isEqualTo(1);
		rollOutUnderLoad(pool);
		CommandRun status = CommandRun.of(jar(), "status");
		assertThat(status.out()).as(status.toString()).contains("2 of 2 workers ready");
		pool.signal("USR2");
		pool.awaitOutput("the master was replaced", RunningPool.PATIENCE);
		assertThat(pool.awaitReady(2)).isNotNull();
	}

	/** Return a JDK whose large files are links into the one of the tests. */
	private Path jdk(String name) throws IOException {
		Path home = Path.of(System.getProperty("java.home")).toRealPath();
		Path copy = this.directory.resolve(name);
		try (Stream<Path> files = Files.walk(home)) {
			for (Path file : files.filter(Files::isRegularFile).toList()) {
				Path target = copy.resolve(home.relativize(file).toString());
				Files.createDirectories(target.getParent());
				// The launcher and the JVM find the JDK by their own real paths.
				if (file.startsWith(home.resolve("bin")) || file.toString().endsWith(".so")) {
					Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
				}
				else {
					Files.createSymbolicLink(target, file);
				}
			}
		}
		return copy;
	}

	@Test
	@Nightly
	@OneJdk
	void aRandomPortStaysWhatItWas() throws IOException {
		RunningPool pool = this.pools.start(builder(AppJar.version("1").overwrite(jar()))
			.args("--server.port=${random.int[20000,29999]}", "--management.server.port=${random.int[30000,32000]}")
			.portOfItsOwn());
		pool.awaitOutput("pool is complete", RunningPool.PATIENCE);
		int port = pool.port();
		pool.signal("HUP");
		pool.awaitOutput("roll-out 1: complete", RunningPool.PATIENCE);
		pool.signal("USR2");
		pool.awaitOutput("the master was replaced", RunningPool.PATIENCE);
		pool.signal("HUP");
		pool.awaitOutput("roll-out 2: complete", RunningPool.PATIENCE);
		assertThat(count(pool, "listening on ")).isEqualTo(2);
		assertThat(pool.port()).isEqualTo(port);
		assertThat(pool.get("/whoami").status()).isEqualTo(200);
	}

}
