package io.unicorn.master.hook;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.unicorn.launch.plan.MasterLog;
import io.unicorn.launch.settings.Hook;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.log.LogQueue;
import io.unicorn.master.log.LogWriter;
import io.unicorn.posix.Exit;
import io.unicorn.posix.Listener;
import io.unicorn.posix.Posix;
import io.unicorn.posix.ScriptedPosix;
import io.unicorn.posix.jnr.JnrPosix;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs commands by a real shell.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HookRunnerTests {

	private static final Duration LONG = Duration.ofMinutes(5);

	private static final Duration SHORT = Duration.ofMillis(200);

	private final BlockingQueue<Exit> exits = new LinkedBlockingQueue<>();

	private final List<Event> events = new ArrayList<>();

	@TempDir
	@SuppressWarnings("NullAway.Init")
	Path directory;

	@SuppressWarnings("NullAway.Init")
	private LogQueue log;

	@SuppressWarnings("NullAway.Init")
	private HookRunner runner;

	private final Posix posix = new JnrPosix();

	private final Thread reaper = new Thread(this::reap, "reaper");

	@BeforeEach
	void create() {
		this.reaper.setDaemon(true);
		this.reaper.start();
		this.log = new LogQueue(new LogWriter(1, "", MasterLog.text(this.directory.resolve("log").toString())));
		this.runner = runner(this.posix);
	}

	/** Another test reaps its children itself, and counts descriptors. */
	@AfterEach
	void endReaper() throws InterruptedException {
		this.reaper.interrupt();
		this.reaper.join();
		this.log.close();
		this.log.flush(Duration.ofSeconds(10));
	}

	private HookRunner runner(Posix system) {
		return new HookRunner(system, "shop", List.of("PATH=/usr/bin:/bin", "UNICORN_HOOK=of another pool"), this.log,
				Instant::now, this.events::add);
	}

	private void reap() {
		try {
			while (true) {
				this.posix.awaitExit(this.exits::add);
			}
		}
		catch (InterruptedException ex) {
			// The test has ended.
		}
	}

	private void run(Hook hook, String command, Duration timeout) {
		this.runner.run(new Effect.RunHook(hook, command, timeout, Map.of("UNICORN_REASON", "it's\na \u20ac")));
	}

	/** Do what the loop of the master does, until so many hooks have ended. */
	private void await(int ended) throws InterruptedException {
		while (this.events.size() < ended) {
			Exit exit = this.exits.poll(20, TimeUnit.MILLISECONDS);
			if (exit != null) {
				assertThat(this.runner.exited(exit)).isTrue();
			}
			this.runner.keepUp(Instant.now());
		}
		assertThat(this.events).hasSize(ended);
	}

	private List<String> logged() throws IOException {
		this.log.flush(Duration.ofSeconds(10));
		return Files.readAllLines(this.directory.resolve("log"))
			.stream()
			.map((line) -> line.replaceAll("^\\S+ +(\\S+) .* : ", "$1 "))
			.toList();
	}

	@Test
	void theOutputOfACommandIsInTheLog() throws Exception {
		run(Hook.ON_STARTING, "echo one; echo two >&2; echo three > /dev/stderr; printf four", LONG);
		await(1);
		assertThat(logged()).containsExactly("INFO on-starting: one", "INFO on-starting: two",
				"INFO on-starting: three", "INFO on-starting: four");
		assertThat(this.events).containsExactly(new Event.HookEnded(Hook.ON_STARTING));
		assertThat(this.runner.due()).isEqualTo(Instant.MAX);
	}

	@Test
	void factsAreInTheEnvironment() throws Exception {
		run(Hook.WORKER_EXITED,
				"echo $UNICORN_HOOK $UNICORN_APPLICATION $UNICORN_MASTER_PID; echo \"$UNICORN_REASON\"; env | grep -c UNICORN_HOOK",
				LONG);
		await(1);
		assertThat(logged()).containsExactly("INFO worker-exited: worker-exited shop " + ProcessHandle.current().pid(),
				"INFO worker-exited: it's", "INFO worker-exited: a \u20ac", "INFO worker-exited: 1");
	}

	@Test
	void aCommandInheritsOnlyItsStandardStreams() throws Exception {
		Listener listener = this.posix.listen(null, 0, 1);
		try {
			run(Hook.ON_EXIT, "ls /proc/$$/fd; readlink /proc/$$/fd/0; test $(ps -o pgid= -p $$) = $$ && echo leads",
					LONG);
			await(1);
			assertThat(logged()).containsExactly("INFO on-exit: 0", "INFO on-exit: 1", "INFO on-exit: 2",
					"INFO on-exit: /dev/null", "INFO on-exit: leads");
		}
		finally {
			this.posix.close(listener.fd());
		}
	}

	@Test
	void commandsRunOneAfterAnother() throws Exception {
		Path file = this.directory.resolve("file");
		run(Hook.WORKER_STARTED, "sleep 0.3; echo 1 >> " + file, LONG);
		run(Hook.WORKER_STARTED, "echo 2 >> " + file, LONG);
		run(Hook.WHEN_READY, "echo 3 >> " + file, LONG);
		await(3);
		assertThat(Files.readAllLines(file)).containsExactly("1", "2", "3");
	}

	@Test
	void aCommandThatFailsIsLoggedAndTheNextOneRuns() throws Exception {
		run(Hook.WORKER_STARTED, "echo before; exit 3", LONG);
		run(Hook.WORKER_STARTED, "kill -9 $$", LONG);
		run(Hook.WORKER_STARTED, "no-such-program", LONG);
		run(Hook.WORKER_STARTED, "if", LONG);
		run(Hook.WHEN_READY, ":", LONG);
		await(5);
		assertThat(logged())
			.startsWith("INFO worker-started: before", "WARN hook worker-started failed with exit status 3",
					"WARN hook worker-started was killed by signal 9 (SIGKILL)")
			.contains("WARN hook worker-started failed with exit status 127",
					"WARN hook worker-started failed with exit status 2")
			.noneMatch((line) -> line.startsWith("WARN hook when-ready"));
	}

	@Test
	void aCommandThatHangsIsKilledWithAllThatItHasStarted() throws Exception {
		run(Hook.WHEN_READY, "sleep 600 & echo $!; wait", Duration.ofSeconds(3));
		await(1);
		assertThat(logged()).last().isEqualTo("WARN hook when-ready did not end within 3 s and was killed");
		awaitEnd(logged().get(0));
	}

	@Test
	void whatACommandLeavesBehindEndsWithIt() throws Exception {
		run(Hook.WHEN_READY, "sleep 600 & echo $!", LONG);
		await(1);
		awaitEnd(logged().get(0));
		assertThat(logged()).hasSize(1);
	}

	private static void awaitEnd(String line) {
		long pid = Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
		Awaitility.await().until(() -> ProcessHandle.of(pid).isEmpty());
	}

	@Test
	void aCommandThatPrintsWithoutEndIsKilled() throws Exception {
		run(Hook.WHEN_READY, "yes", Duration.ofSeconds(3));
		await(1);
		assertThat(logged()).hasSize(HookOutput.MOST_LINES + 2).last().asString().contains("was killed");
	}

	@Test
	void theMastersEndKillsWhatRuns() throws Exception {
		Path file = this.directory.resolve("pid");
		run(Hook.WHEN_READY, "sleep 600 & echo $! > " + file + ".new; mv " + file + ".new " + file + "; wait", LONG);
		run(Hook.WORKER_EXITED, "echo never", LONG);
		Awaitility.await().until(() -> Files.exists(file));
		this.runner.close();
		awaitEnd(Files.readString(file).strip());
		assertThat(this.exits.take().signal()).isEqualTo(9);
		assertThat(logged()).containsExactly("WARN hook when-ready is killed, because the master ends",
				"WARN 1 hook left out, because the master ends");
	}

	@Test
	void onExitWaitsForThoseBeforeItForALimitedTime() throws Exception {
		run(Hook.WORKER_EXITED, "sleep 600", LONG);
		run(Hook.WORKER_EXITED, "echo never", LONG);
		run(Hook.ON_EXIT, "echo last", Duration.ofSeconds(1));
		await(3);
		assertThat(logged()).containsExactly("WARN hook worker-exited is left out, because the pool has stopped",
				"WARN hook worker-exited was killed, because the pool has stopped", "INFO on-exit: last");
	}

	@Test
	void whatIsTooMuchToWaitIsLeftOut() throws Exception {
		run(Hook.WHEN_READY, "sleep 600", SHORT);
		for (int i = 0; i < HookRunner.MOST_WAITING; i++) {
			run(Hook.WORKER_EXITED, ":", LONG);
		}
		run(Hook.WORKER_EXITED, "echo never", LONG);
		run(Hook.WORKER_STARTED, "echo never", LONG);
		run(Hook.ON_EXIT, "echo last", LONG);
		await(HookRunner.MOST_WAITING + 4);
		assertThat(logged()).hasSize(3)
			.startsWith("WARN hook worker-exited is left out, because 100 hooks wait to be run")
			.endsWith("INFO on-exit: last");
	}

	@Test
	void aCommandThatCannotBeStartedIsLogged() throws Exception {
		ScriptedPosix scripted = new ScriptedPosix();
		this.runner = runner(scripted);
		scripted.fail("spawn", 12, "Cannot allocate memory");
		run(Hook.WHEN_READY, ":", LONG);
		assertThat(this.events).containsExactly(new Event.HookEnded(Hook.WHEN_READY));
		assertThat(logged()).containsExactly("WARN hook when-ready could not be run: spawn: Cannot allocate memory");
	}

	@Test
	void theEndOfAnotherProcessIsNotTaken() {
		assertThat(this.runner.exited(new Exit(7, 0, 0))).isFalse();
	}

}
