package io.unicorn.sample.supervision;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.pool.ReadyWatcher;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.SharedPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import io.unicorn.sample.testsupport.process.Leftovers;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the signals of a running master. The tests share a pool and are ordered, because
 * a later one changes the configuration and the last one ends the pool.
 */
@OneJdk
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SignalsIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private static final Pattern RELOADED = Pattern.compile("roll-out \\d+: complete: ");

	@TempDir
	@SuppressWarnings("NullAway.Init")
	static Path directory;

	@RegisterExtension
	static final SharedPool SHARED = new SharedPool(2, SignalsIT::description);

	@Test
	@Nightly
	@Order(1)
	void hupReplacesAllWorkersAndStartsEachReplacementFirst() throws Exception {
		RunningPool pool = SHARED.ready();
		JsonNode before = pool.pool();

		try (ReadyWatcher watcher = pool.watchReady()) {
			reload(pool);
			assertThat(watcher.failures()).isEmpty();
			assertThat(watcher.minReady()).isEqualTo(2);
			assertThat(watcher.maxLive()).isEqualTo(3);
		}

		JsonNode after = pool.pool();
		assertThat(after.path("master").path("generation").asInt()).isEqualTo(2);
		assertThat(WorkerView.ready(after)).hasSize(2).allMatch((worker) -> worker.generation() == 2);
		assertThat(ids(after)).doesNotContainAnyElementsOf(ids(before));
	}

	@Test
	@Order(2)
	void ttouRemovesAWorkerAndTtinAddsOne() throws Exception {
		RunningPool pool = SHARED.ready();
		List<Long> before = ids(pool.pool());

		pool.signal("TTOU");
		pool.awaitOutput("number of workers changed from 2 to 1 (SIGTTOU)", TIMEOUT);
		assertThat(before).containsAll(ids(pool.awaitReady(1)));
		Await.until(TIMEOUT, () -> "the end of one of " + pool.workerPids(), () -> pool.workerPids().size() == 1);
		pool.signal("TTOU");
		// Signals that are sent together may arrive in any order.
		pool.pool();
		pool.signal("TTIN");
		pool.awaitOutput("number of workers changed from 1 to 2 (SIGTTIN)", TIMEOUT);
		assertThat(ids(pool.awaitReady(2))).containsAnyElementsOf(before);
	}

	@Test
	@Nightly
	@Order(3)
	void aCountChangedBySignalSurvivesAReload() throws Exception {
		RunningPool pool = SHARED.ready();
		pool.signal("TTOU");
		List<Long> before = ids(pool.awaitReady(1));

		reload(pool);

		JsonNode after = pool.pool();
		assertThat(after.path("target").asInt()).isEqualTo(1);
		assertThat(ids(after)).hasSize(1).doesNotContainAnyElementsOf(before);
		pool.signal("TTIN");
		pool.awaitReady(2);
	}

	@Test
	@Order(4)
	void aReloadWhoseWorkerDoesNotBootLeavesThePoolAsItIs() throws Exception {
		RunningPool pool = SHARED.ready();
		List<Long> before = ids(pool.pool());
		int mark = pool.mark();
		Files.createFile(broken());
		try {
			pool.signal("HUP");
			pool.awaitOutputAfter(mark, Pattern.compile(
					"(?s)sample\\.boot\\.fail-if-exists.*The pool stays on generation \\d+, no worker was replaced"),
					TIMEOUT);
		}
		finally {
			Files.delete(broken());
		}
		assertThat(ids(pool.pool())).isEqualTo(before);
		assertThat(pool.pool().path("master").path("state").asString("")).isEqualTo("running");
		assertThat(pool.output().substring(mark)).containsOnlyOnce("spawned as a replacement");
	}

	@Test
	@Order(5)
	void winchDrainsAllWorkersAndHupStartsNewOnesForWaitingConnections() throws Exception {
		RunningPool pool = SHARED.ready();

		pool.signal("WINCH");
		Await.until(TIMEOUT, () -> "the end of " + pool.workerPids(), () -> pool.workerPids().isEmpty());
		assertThat(pool.isAlive()).isTrue();
		assertThat(Leftovers.isListening(pool.port())).isTrue();

		try (HttpConnection waiting = pool.connect()) {
			pool.signal("HUP");
			assertThat(waiting.exchange(LoadRequest.get("/whoami").onOwnConnection()).status()).isEqualTo(200);
		}
		pool.awaitReady(2);
	}

	@Test
	@Nightly
	@Order(6)
	void aCountChangedInTheConfigurationTakesEffectWithTheReload() throws Exception {
		RunningPool pool = SHARED.ready();
		configure(1);

		reload(pool);

		pool.awaitOutput("unicorn.workers has changed, the pool has 1 worker from now on", TIMEOUT);
		assertThat(pool.awaitReady(1).path("target").asInt()).isEqualTo(1);
		pool.signal("TTIN");
		pool.awaitReady(2);
	}

	@Test
	@Order(7)
	void termDuringAReloadIsActedOnWithinASecond() {
		RunningPool pool = SHARED.ready();
		int mark = pool.mark();
		pool.signal("HUP");
		pool.awaitOutputAfter(mark, Pattern.compile("spawned as a replacement"), TIMEOUT);

		Instant sent = Instant.now();
		pool.signal("TERM");

		String acted = pool
			.awaitOutputAfter(mark, Pattern.compile("(?m)^(\\S+)  ?INFO .* stopping: workers finish .*SIGTERM"),
					TIMEOUT)
			.group(1);
		assertThat(Instant.parse(acted)).isBefore(sent.plusSeconds(1));
		assertThat(pool.exitCode(TIMEOUT)).isZero();
		assertThat(pool.pids()).isEmpty();
	}

	private static PoolBuilder description() {
		configure(2);
		return RunningPool.builder()
			.bootingFast()
			.workingDirectory(directory)
			.args("--sample.boot.fail-if-exists=" + broken());
	}

	private static void configure(int workers) {
		try {
			Files.createDirectories(directory.resolve("config"));
			Files.writeString(directory.resolve("config/application.yml"), "unicorn:\n  workers: " + workers + "\n");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Path broken() {
		return directory.resolve("broken");
	}

	private static void reload(RunningPool pool) {
		int mark = pool.mark();
		pool.signal("HUP");
		pool.awaitOutputAfter(mark, RELOADED, TIMEOUT);
	}

	private static List<Long> ids(JsonNode pool) {
		return WorkerView.ready(pool).stream().map(WorkerView::id).toList();
	}

}
