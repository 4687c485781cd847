package io.unicorn.sample.supervision;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.http.ExchangeException;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.load.Report;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.SharedPool;
import io.unicorn.sample.testsupport.pool.WorkerReplacement;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests the replacement of workers that crash. The tests share a pool and are ordered,
 * because a second crash in one slot causes a back-off, which only the last tests cover.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@OneJdk
class SupervisionIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private static final Pattern CRASHES_IN_A_ROW = Pattern.compile("; respawning in .* \\(crash (\\d+) in a row\\)");

	@TempDir
	@SuppressWarnings("NullAway.Init")
	static Path directory;

	@RegisterExtension
	static final SharedPool SHARED = new SharedPool(2,
			() -> RunningPool.builder()
				.bootingFast()
				.jvmFlags("-Xmx80m", "-XX:+HeapDumpOnOutOfMemoryError")
				.args("--sample.chaos=true", "--unicorn.dump-dir=" + directory.resolve("dumps"),
						"--sample.boot.fail-if-exists=" + broken()));

	@Test
	@Order(1)
	void theEndpointOnlyReadsUnlessItIsAllowedToWrite() throws Exception {
		RunningPool pool = SHARED.ready();
		assertThat(pool.post("/actuator/unicorn/scale", "{\"workers\":5}".getBytes(StandardCharsets.UTF_8)).status())
			.isEqualTo(405);
		assertThat(pool.pool().path("target").asInt()).isEqualTo(2);
	}

	@Test
	@Order(1)
	void aKilledWorkerIsReplacedAtOnceAndItsSiblingIsNotTouched() throws Exception {
		RunningPool pool = SHARED.ready();
		JsonNode before = pool.pool();
		WorkerView victim = WorkerView.oldest(before);
		int mark = pool.mark();

		pool.signal(victim.pid(), "KILL");

		pool.awaitOutputAfter(mark,
				Pattern.compile(victim.inLog()
						+ " exited: killed by signal 9 \\(SIGKILL\\) after .*; respawning at once\n(?:.*\n){0,3}.*"
						+ "worker %d \\(pid \\d+\\) spawned\n".formatted(victim.index())),
				TIMEOUT);
		WorkerReplacement.assertReplaced(victim, before, "killed", pool);
	}

	@Test
	@Order(2)
	void aWorkerThatExitsIsReplacedAtOnceAndTheLogNamesItsExitCode() throws Exception {
		RunningPool pool = SHARED.ready();
		JsonNode before = pool.pool();
		int mark = pool.mark();

		// The worker that was killed has been replaced; its sibling has not crashed yet.
		WorkerView victim = WorkerView.oldest(before);
		crash(pool, victim, "/chaos/exit?code=5");

		pool.awaitOutputAfter(mark,
				Pattern.compile(victim.inLog() + " exited: exit code 5 after .*; respawning at once"), TIMEOUT);
		WorkerReplacement.assertReplaced(victim, before, "crashed", pool);
	}

	@Test
	@Order(3)
	void aWorkerThatRunsOutOfMemoryExitsAndTheLogNamesTheReason() throws Exception {
		RunningPool pool = SHARED.ready();
		JsonNode before = pool.pool();
		WorkerView victim = WorkerView.oldest(before);
		int mark = pool.mark();

		crash(pool, victim, "/chaos/oom");

		pool.awaitOutputAfter(mark,
				Pattern.compile(victim.inLog() + " exited: exit code 3, OutOfMemoryError .*; respawning "), TIMEOUT);
		WorkerReplacement.assertReplaced(victim, before, "out-of-memory", pool);
		pool.awaitOutputAfter(mark, Pattern.compile("which has exited, has written"), TIMEOUT);
		Path dump = Path.of(pool.pool().path("lastExits").path(0).path("dumpFile").asString(""));
		assertThat(dump).isEqualTo(directory.resolve("dumps/java_pid" + victim.pid() + ".hprof")).isNotEmptyFile();
	}

	@Test
	@Nightly
	@Order(4)
	void aCrashLoopBacksOffAndRecoversWhileTheSiblingServesOn() throws Exception {
		RunningPool pool = SHARED.ready();
		JsonNode before = pool.pool();
		WorkerView victim = WorkerView.oldest(before);
		WorkerView sibling = victim.sibling(before);
		int failed = WorkerView.exits(before, "boot-failed");
		int mark = pool.mark();

		Files.createFile(broken());
		pool.signal(victim.pid(), "KILL");
		pool.awaitOutputAfter(mark, Pattern.compile("boot-failed|exited: exit code 1 "), TIMEOUT);
		Report report = pool.load()
			.connectionPerRequest(2)
			.send(LoadRequest.get("/whoami")
				.expecting((response) -> response.text().contains("\"pid\":" + sibling.pid() + ",")))
			.pause(Duration.ofMillis(20))
			.start()
			.until("three more crashes", TIMEOUT, () -> crashes(pool.output().substring(mark)).count() >= 4);
		Files.delete(broken());

		report.assertFlawless();
		assertThat(crashes(pool.output().substring(mark))).isSortedAccordingTo(Comparator.naturalOrder());
		JsonNode after = pool.awaitReady(2);
		assertThat(WorkerView.exits(after, "boot-failed") - failed).isBetween(3, 6);
		assertThat(sibling.following(after).pid()).isEqualTo(sibling.pid());
	}

	@Test
	@Order(5)
	void sigquitPrintsTheMastersThreadsAndTheMasterLives() throws Exception {
		RunningPool pool = SHARED.ready();
		int mark = pool.mark();

		pool.signal("QUIT");

		pool.awaitOutputAfter(mark, Pattern.compile("(?s)Full thread dump.*\"unicorn-reaper\""), TIMEOUT);
		assertThat(pool.pool().path("ready").asInt()).isEqualTo(2);
		assertThat(pool.isAlive()).isTrue();
	}

	/**
	 * Send a request that ends a worker. The other worker is stopped meanwhile, because a
	 * client cannot choose its worker.
	 */
	private static void crash(RunningPool pool, WorkerView victim, String path) throws Exception {
		WorkerView sibling = victim.sibling(pool.pool());
		pool.signal(sibling.pid(), "STOP");
		try {
			assertThatExceptionOfType(ExchangeException.class).isThrownBy(() -> pool.post(path, new byte[0]));
		}
		finally {
			pool.signal(sibling.pid(), "CONT");
		}
	}

	private static Stream<Integer> crashes(String output) {
		return CRASHES_IN_A_ROW.matcher(output).results().map((match) -> Integer.valueOf(match.group(1)));
	}

	private static Path broken() {
		return directory.resolve("broken");
	}

}
