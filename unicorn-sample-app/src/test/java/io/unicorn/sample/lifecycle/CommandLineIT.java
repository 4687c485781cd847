package io.unicorn.sample.lifecycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.Unpacked;
import io.unicorn.sample.testsupport.pool.CommandRun;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests {@code java -Djarmode=unicorn -jar app.jar} with the jar of the running pool.
 */
@OneJdk
class CommandLineIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	@SuppressWarnings("NullAway.Init")
	Path directory;

	private RunningPool start(Path jar, String... args) {
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.jar(jar)
			.args("--unicorn.workers=1")
			.args(args)
			.mayLeave("commands/*"));
		pool.awaitReady(1);
		return pool;
	}

	private Path jar() {
		return this.directory.resolve("app.jar");
	}

	private CommandRun command(String... arguments) {
		return CommandRun.of(jar(), arguments);
	}

	private static List<Path> sockets(RunningPool pool) throws IOException {
		try (Stream<Path> sockets = Files.list(pool.workDir().resolve("commands"))) {
			return sockets.toList();
		}
	}

	@Test
	void aPoolIsShownRolledOutReplacedAndStopped() throws Exception {
		RunningPool pool = start(AppJar.version("1").overwrite(jar()));
		CommandRun status = command("status");
		assertThat(status.status()).as(status.toString()).isZero();
		assertThat(status.out()).startsWith(jar() + " (pid " + pool.masterPid() + ")\n")
			.contains("running for ", "generation 1, 1 of 1 workers ready")
			.containsPattern("0 \\* +" + pool.workerPids().get(0) + " +1 ready ");

		AppJar.version("2").overwrite(jar());
		CommandRun good = command("rollout");
		assertThat(good.status()).as(good.toString()).isZero();
		assertThat(good.out().lines()).first().isEqualTo("roll-out 1 of " + jar() + " (pid " + pool.masterPid() + ")");
		assertThat(good.out()).contains(
				"generation 2 is to replace generation 1 (command of user " + System.getProperty("user.name") + ")",
				"complete: 1 worker of generation 2", "roll-out 1 has succeeded");
		assertThat(good.err()).isEmpty();
		assertThat(pool.versions()).containsExactly("2");

		AppJar.version("3").with("sample.boot.fail=true").overwrite(jar());
		CommandRun bad = command("rollout", "--timeout=5m");
		assertThat(bad.status()).as(bad.toString()).isEqualTo(1);
		assertThat(bad.err()).containsPattern("unicorn: roll-out 2 was rolled back: worker \\d \\(pid \\d+\\) exited")
			.contains("| ", "sample.boot.fail is set");
		assertThat(pool.versions()).containsExactly("2");

		// The command reaches the old master or the new one, or finds no master for a
		// moment.
		AppJar.version("4").overwrite(jar());
		pool.signal("USR2");
		CommandRun meanwhile = command("rollout");
		assertThat(meanwhile.status()).as(meanwhile + pool.output()).isZero();
		assertThat(meanwhile.out()).contains("roll-out 3 has succeeded");
		assertThat(pool.output()).contains("the master was replaced");
		assertThat(pool.versions()).containsExactly("4");
		assertThat(sockets(pool)).hasSize(1);

		assertThat(command("status", "--json").out()).startsWith("{\"master\":{\"pid\":" + pool.masterPid() + ",");
		CommandRun level = command("log-level", "org.springframework.web.servlet.DispatcherServlet", "debug");
		assertThat(level.out()).as(level.toString())
			.isEqualTo("the level of logger org.springframework.web.servlet.DispatcherServlet becomes DEBUG in "
					+ "1 worker\n");
		pool.get("/whoami");
		pool.awaitOutput("GET \"/whoami\"", TIMEOUT);
		CommandRun missing = command("retire", "7");
		assertThat(missing.status()).isEqualTo(1);
		assertThat(missing.err()).isEqualTo("unicorn: there is no worker 7\n");
		CommandRun stop = command("stop");
		assertThat(stop.status()).as(stop.toString()).isZero();
		assertThat(stop.out()).endsWith("the pool has ended\n");
		assertThat(pool.exitCode(TIMEOUT)).isZero();
		assertThat(pool.output()).contains("(command of user " + System.getProperty("user.name") + ")");
		assertThat(sockets(pool)).isEmpty();
		CommandRun none = command("rollout");
		assertThat(none.status()).isEqualTo(1);
		assertThat(none.err()).startsWith("unicorn: no pool of " + jar() + " is running");
	}

	@Test
	@Nightly
	void ofSeveralPoolsOneIsChosenByPidAndAKilledOneIsNotListed() throws Exception {
		AppJar.version("1").overwrite(jar());
		Path workDir = this.directory.resolve("work");
		RunningPool one = start(jar(), "--unicorn.work-dir=" + workDir);
		RunningPool other = start(jar(), "--unicorn.work-dir=" + workDir);

		CommandRun several = command("status");
		assertThat(several.status()).isEqualTo(1);
		assertThat(several.err()).contains("choose one with --pid", "(pid " + one.masterPid() + ")",
				"(pid " + other.masterPid() + ")");
		assertThat(command("status", "--pid", Long.toString(one.masterPid())).out())
			.contains("(pid " + one.masterPid() + ")");

		one.signal("KILL");
		one.awaitNoProcess(TIMEOUT);
		assertThat(sockets(one)).as("sockets, with that of the killed master").hasSize(2);
		assertThat(command("status").out()).contains("(pid " + other.masterPid() + ")");
		CommandRun byDirectory = command("rollout", "--no-wait", "--work-dir=" + workDir);
		assertThat(byDirectory.status()).as(byDirectory.toString()).isZero();
		other.awaitOutput("generation 2 is to replace generation 1", TIMEOUT);
		assertThat(other.stop()).isZero();
	}

	@Test
	void commandsReachAPoolWhoseWorkDirHasALongName() {
		AppJar.version("1").overwrite(jar());
		RunningPool pool = start(jar(), "--unicorn.work-dir=" + this.directory.resolve("x".repeat(100)));
		pool.awaitOutput("because a path in unicorn.work-dir would be too long for a socket", TIMEOUT);
		CommandRun status = command("status");
		assertThat(status.status()).as(status.toString()).isZero();
		assertThat(pool.stop()).isZero();
	}

	@Test
	void aCheckSaysWhatWouldStartAndStartsNothing() {
		AppJar.version("1").overwrite(jar());
		CommandRun good = command("check", "--unicorn.workers=3", "--server.port=4711");
		assertThat(good.status()).as(good.toString()).isZero();
		assertThat(good.out()).startsWith("A pool of 3 workers of class gthread would start, on ")
			.contains("\nlistening on *:4711 (http)\n")
			.containsPattern("unicorn.workers +3 +\"unicorn.workers\" from property source \"commandLineArgs\"");
		CommandRun wrong = command("check", "--unicorn.workers=0");
		assertThat(wrong.status()).as(wrong.toString()).isEqualTo(1);
		assertThat(wrong.out() + wrong.err()).contains("APPLICATION FAILED TO START", "a number from 1 to 1024");
		CommandRun all = command("config");
		assertThat(all.status()).as(all.toString()).isZero();
		assertThat(all.out()).containsPattern("unicorn.graceful-timeout +30s +default");
	}

	@Test
	void aCommandFromAnExtractedJarStartsNoSecondPool() throws Exception {
		Unpacked.into(this.directory);
		List<String> launch = List.of("-cp", "BOOT-INF/classes:BOOT-INF/lib/*", "io.unicorn.sample.SampleApplication");
		CommandRun help = CommandRun.of(this.directory, launch, "help");
		assertThat(help.status()).as(help.toString()).isZero();
		assertThat(help.out()).startsWith("Commands to the pool that runs this application");
		CommandRun wrong = CommandRun.of(this.directory, launch, "restart");
		assertThat(wrong.status()).as(wrong.toString()).isEqualTo(2);
		assertThat(wrong.err()).startsWith("unicorn: there is no command 'restart'");
	}

}
