package io.unicorn.sample;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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
 * What the master does about a worker that ends without being told to. The tests share a
 * pool; they are in order, because a worker that crashes in the place of one that has
 * just crashed is replaced more slowly, which only the last of them is about.
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
				.jvmFlags("-Xmx80m")
				.args("--sample.chaos=true", "--sample.boot.fail-if-exists=" + broken()));

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
		assertReplaced(victim, before, "killed", pool);
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
		assertReplaced(victim, before, "crashed", pool);
	}

	@Test
	@Order(3)
	void aWorkerThatRunsOutOfMemoryExitsAndTheLogSaysSo() throws Exception {
		RunningPool pool = SHARED.ready();
		JsonNode before = pool.pool();
		WorkerView victim = WorkerView.oldest(before);
		int mark = pool.mark();

		crash(pool, victim, "/chaos/oom");

		pool.awaitOutputAfter(mark,
				Pattern.compile(victim.inLog() + " exited: exit code 3, OutOfMemoryError .*; respawning "), TIMEOUT);
		assertReplaced(victim, before, "out-of-memory", pool);
	}

	@Test
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

	private static void assertReplaced(WorkerView victim, JsonNode before, String reason, RunningPool pool) {
		JsonNode after = pool.awaitReady(2);
		WorkerView sibling = victim.sibling(before);
		assertThat(WorkerView.exits(after, reason)).isEqualTo(WorkerView.exits(before, reason) + 1);
		assertThat(WorkerView.ready(after)).extracting(WorkerView::id).contains(sibling.id());
		assertThat(sibling.following(after).pid()).isEqualTo(sibling.pid());
		assertThat(WorkerView.ready(after)).extracting(WorkerView::id).doesNotContain(victim.id());
		assertThat(WorkerView.ready(after)).extracting(WorkerView::leader).containsOnlyOnce(true);
	}

	/**
	 * Let a request end a worker. Which worker serves a request is not for the client to
	 * say, so the other one is stopped meanwhile.
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
