package io.unicorn.sample.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.SelfSigned;
import io.unicorn.sample.testsupport.http.ExchangeException;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.http.RawConnection;
import io.unicorn.sample.testsupport.http.WebSocketClient;
import io.unicorn.sample.testsupport.load.LoadClient;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.load.Problem;
import io.unicorn.sample.testsupport.load.Report;
import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.ReadyWatcher;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.SharedPool;
import io.unicorn.sample.testsupport.pool.WorkerReplacement;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * States what a pool promises whichever server its workers run. Each server has a
 * subclass, which names a jar. A start takes seconds, so the tests share pools: first a
 * quiet one, then a busy one; the last test on each stops it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class ServerContract {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private static final int QUIET_WORKERS = 3;

	private static final int BUSY_WORKERS = 2;

	private static final int BURSTS = 5;

	/** Enough for each worker to get one of them, even by chance. */
	private static final int MANY_CONNECTIONS = 200;

	/** More than the buffers between client and server hold. */
	private static final int DOWNLOAD = 30_000_000;

	private static final String HALF = "12345";

	private final AppJar app;

	private Path jar = Path.of("");

	@RegisterExtension
	final Pools pools = new Pools();

	@RegisterExtension
	final SharedPool quiet = new SharedPool(QUIET_WORKERS, this::quietPool);

	@RegisterExtension
	final SharedPool busy = new SharedPool(BUSY_WORKERS, this::busyPool);

	/**
	 * Create the contract of a server.
	 * @param app the sample on that server
	 */
	ServerContract(AppJar app) {
		this.app = app.with(FailingController.class);
	}

	/**
	 * Whether a WebSocket may begin on a connection that is open when the drain begins,
	 * and is then ended by a frame.
	 */
	boolean beginsLateWebSockets() {
		return true;
	}

	@BeforeAll
	void writeJar(@TempDir Path directory) throws Exception {
		this.jar = Files.write(directory.resolve("app.jar"), this.app.bytes());
	}

	private PoolBuilder pool(int workers) {
		return RunningPool.builder().bootingFast().jar(this.jar).args("--unicorn.workers=" + workers);
	}

	/** A hung worker is replaced soon. Its endpoints are on a port of their own. */
	private PoolBuilder quietPool() {
		return pool(QUIET_WORKERS).env("UNICORN_WARMUP_PATHS", "/whoami")
			.env("UNICORN_WARMUP_REQUESTS", "20")
			.args("--unicorn.timeout=5s", "--management.server.port=0", "--management.info.process.enabled=true");
	}

	private PoolBuilder busyPool() {
		return pool(BUSY_WORKERS).args("--unicorn.threads=4", "--unicorn.max-requests=1500",
				"--unicorn.max-requests-jitter=500");
	}

	@Test
	@OneJdk
	@Order(1)
	void requestsAreInFlightUntilTheyEndAndThoseOfTheWarmUpAreNotCounted() throws Exception {
		RunningPool pool = this.quiet.ready();
		assertThat(pool.output()).contains("Warmed up with 20 requests");
		assertThat(Figures.of(pool.pool())).isEqualTo(new Figures(0, 0, 0, 0));
		try (RawConnection sleeping = connect(pool);
				RawConnection deferred = connect(pool);
				RawConnection events = connect(pool);
				RawConnection uploading = connect(pool);
				RawConnection downloading = connect(pool)) {
			sleeping.get("/sleep?ms=5000");
			deferred.get("/deferred?ms=5000");
			events.get("/events?ms=20");
			uploading.send("POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
				.formatted(2 * HALF.length(), HALF));
			downloading.get("/bytes?n=" + DOWNLOAD);
			Figures running = Figures.of(pool.awaitPool("five requests in flight, one for a second", (seen) -> {
				Figures figures = Figures.of(seen);
				return figures.inFlight() == 5 && figures.oldestMillis() >= 1000;
			}, TIMEOUT));
			assertThat(running.requests()).isZero();

			assertThat(sleeping.response().text()).isEqualTo("slept 5000 ms\n");
			assertThat(deferred.response().text()).isEqualTo("waited 5000 ms\n");
			awaitFigures(pool, "two requests that have ended",
					(figures) -> figures.requests() == 2 && figures.inFlight() == 3);
			assertThat(uploading.send(HALF).response().text()).startsWith("10 bytes");
			assertThat(downloading.response().length()).isEqualTo(DOWNLOAD);
			events.hangUp();
			awaitFigures(pool, "five requests that have ended", (figures) -> figures.requests() == 5);
		}
		assertThat(pool.get("/fail").status()).isEqualTo(500);
		assertThat(pool.get("/nothing").status()).isEqualTo(404);
		awaitFigures(pool, "an error", (figures) -> figures.equals(new Figures(7, 0, 1, 0)));
	}

	private static void awaitFigures(RunningPool pool, String what, Predicate<Figures> wanted) {
		pool.awaitPool(what, (seen) -> wanted.test(Figures.of(seen)), TIMEOUT);
	}

	@Test
	@OneJdk
	@Order(2)
	void everyWorkerGetsItsShareOfABurst() throws Exception {
		RunningPool pool = this.quiet.ready();
		List<Integer> smallest = new ArrayList<>();
		for (int i = 0; i < BURSTS; i++) {
			Map<Long, Integer> shares = Burst.on(pool);
			smallest.add((shares.size() < QUIET_WORKERS) ? 0 : Collections.min(shares.values()));
		}
		smallest.sort(null);
		assertThat(smallest.get(BURSTS / 2)).as("median of the smallest share in each burst")
			.isGreaterThanOrEqualTo(Burst.CONNECTIONS / QUIET_WORKERS / 2);
	}

	@Test
	@OneJdk
	@Order(3)
	void everyWorkerServesOnThePortOfTheManagementServer() throws Exception {
		RunningPool pool = this.quiet.ready();
		assertThat(pool.get("/actuator/info").status()).isEqualTo(404);
		Set<Long> seen = new HashSet<>();
		for (int i = 0; i < MANY_CONNECTIONS && seen.size() < QUIET_WORKERS; i++) {
			seen.add(Pid.in(pool.manage("/actuator/info")));
		}
		assertThat(seen).containsExactlyInAnyOrderElementsOf(pool.workerPids());
	}

	@Test
	@OneJdk
	@Order(4)
	void aCrashLosesOnlyTheRequestsOfItsWorker() throws Exception {
		RunningPool pool = this.quiet.ready();
		JsonNode before = pool.pool();
		WorkerView victim = WorkerView.oldest(before);
		LoadClient load = this.pools.closing(pool.load()
			.connectionPerRequest(4)
			.get("/whoami")
			.pause(Duration.ofMillis(10))
			.timeout(Duration.ofSeconds(30))
			.start());
		Map<Long, HttpConnection> waiting = new HashMap<>();
		for (int i = 0; i < MANY_CONNECTIONS && waiting.size() < QUIET_WORKERS; i++) {
			HttpConnection connection = this.pools.closing(pool.connect());
			waiting.put(Burst.answeringPid(connection), connection);
		}
		assertThat(waiting).hasSize(QUIET_WORKERS);
		load.awaitAnswers(50, TIMEOUT);
		for (HttpConnection connection : waiting.values()) {
			connection.send(LoadRequest.get("/deferred?ms=2000").onKeepAlive());
		}

		pool.signal(victim.pid(), "KILL");

		HttpConnection lost = waiting.remove(victim.pid());
		assertThatExceptionOfType(ExchangeException.class).isThrownBy(lost::receive);
		for (HttpConnection connection : waiting.values()) {
			assertThat(connection.receive().text()).isEqualTo("waited 2000 ms\n");
		}
		WorkerReplacement.assertReplaced(victim, before, "killed", pool);
		load.awaitAnswers(50, TIMEOUT);
		Report report = load.stop();
		assertThat(report.lost()).as(report.toString()).isLessThanOrEqualTo(4);
		assertThat(Problem.sum(report.problems(), (problem) -> !problem.isLoss())).as(report.toString()).isZero();
	}

	@Test
	@OneJdk
	@Order(5)
	void aHungWorkerGetsNoConnectionAndIsReplaced() throws Exception {
		RunningPool pool = this.quiet.ready();
		JsonNode before = pool.pool();
		WorkerView victim = WorkerView.oldest(before);
		int mark = pool.mark();

		pool.signal(victim.pid(), "STOP");

		assertThat(Burst.on(pool)).doesNotContainKey(victim.pid());
		pool.awaitOutputAfter(mark, Pattern.compile(victim.inLog() + " is hung, no heartbeat for 5"), TIMEOUT);
		WorkerReplacement.assertReplaced(victim, before, "hung", pool);
		assertThat(pool.stop()).isZero();
	}

	@Test
	@Order(6)
	void retirementsAndARollOutUnderLoadLoseNoRequest() throws Exception {
		RunningPool pool = this.busy.ready();
		ReadyWatcher watcher = this.pools.closing(pool.watchReady());
		LoadClient load = this.pools.closing(load(pool));

		pool.awaitPool("a retirement", (seen) -> WorkerView.exits(seen, "max-requests") >= 1, TIMEOUT);
		assertThat(pool.rollOut().state()).isEqualTo("succeeded");

		Report report = load.stop();
		watcher.close();
		System.out.println(report);
		System.out.println(watcher);
		report.assertFlawless();
		assertThat(report.connections()).as("kept-alive connections are used again").isLessThan(report.sent() * 3 / 4);
		assertThat(watcher.failures()).isEmpty();
		assertThat(watcher.minReady()).isEqualTo(BUSY_WORKERS);
		assertThat(watcher.maxLive()).isLessThanOrEqualTo(BUSY_WORKERS + 1);
	}

	/** More requests than threads, and some processor time for workers that boot. */
	private static LoadClient load(RunningPool pool) {
		return pool.mixedLoad(16).pause(Duration.ofMillis(20)).start();
	}

	@Test
	@OneJdk
	@Order(7)
	void aStopUnderLoadAnswersEveryAcceptedRequest() {
		RunningPool pool = this.busy.ready();
		LoadClient load = this.pools.closing(load(pool));
		load.awaitAnswers(200, TIMEOUT);

		assertThat(pool.stop()).isZero();

		Report report = load.stop();
		System.out.println(report.summary());
		assertThat(report.problems().keySet()).as(report.toString())
			.isNotEmpty()
			.isSubsetOf(Problem.CONNECT_REFUSED, Problem.CONNECT_TIMEOUT);
		assertThat(report.answered()).isEqualTo(report.sent());
	}

	@Test
	@Order(8)
	void everyKindOfConnectionEndsInOrder() throws Exception {
		new EndingConnections(drainingPool(), null, beginsLateWebSockets()).endInOrder();
	}

	@Test
	@OneJdk
	@Order(9)
	void everyKindOfConnectionEndsInOrderUnderTls(@TempDir Path directory) throws Exception {
		SelfSigned certificate = SelfSigned.in(directory);
		new EndingConnections(drainingPool(certificate.args()), certificate.trusting(), beginsLateWebSockets())
			.endInOrder();
	}

	@Test
	@OneJdk
	@Order(10)
	void connectionsLeftAtGracefulTimeoutAreClosedAndCounted() throws Exception {
		RunningPool pool = drainingPool("--unicorn.graceful-timeout=2s");
		try (RawConnection sleeping = connect(pool);
				RawConnection idle = connect(pool);
				RawConnection silent = connect(pool)) {
			new WebSocketClient(silent);
			assertThat(idle.get("/whoami").response().isLast()).isFalse();
			sleeping.get("/sleep?ms=60000");
			pool.signal("TERM");
			int left = awaitsAnswerToClose() ? 3 : 2;
			pool.awaitOutput("closed " + left + " connections that had not ended when its graceful-timeout was over",
					TIMEOUT);
			assertThat(pool.exitCode(TIMEOUT)).isZero();
		}
	}

	/**
	 * Whether the server leaves a WebSocket connection open until its client has answered
	 * the close frame.
	 */
	boolean awaitsAnswerToClose() {
		return true;
	}

	private RunningPool drainingPool(String... args) {
		RunningPool pool = this.pools
			.start(pool(1).args("--unicorn.rollout.observe=0s", "--server.http2.enabled=true").args(args));
		pool.awaitOutput("pool is complete: 1 worker ready", TIMEOUT);
		return pool;
	}

	private static RawConnection connect(RunningPool pool) throws IOException {
		return new RawConnection(pool.port(), null, "");
	}

}
