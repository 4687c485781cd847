package io.unicorn.sample.detached;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.FreePort;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests servers that the application runs itself, on listeners of the pool.
 */
@OneJdk
class DetachedIT {

	private static final Pattern STARTED = Pattern.compile("Started SampleApplication");

	private static final int CLIENTS = 4;

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	Path directory = Path.of("");

	private int port;

	@BeforeEach
	void choosePort() throws IOException {
		this.port = FreePort.choose();
	}

	private RunningPool lines(String... args) {
		return start(AppJar.version("1").with(LineServer.class).with(LineConnection.class), "lines", args);
	}

	private RunningPool grpc(String... args) {
		return start(AppJar.version("1").grpc().withPackage("io.unicorn.sample.detached.grpc"), "grpc", args);
	}

	private RunningPool rSocket(String... args) {
		return start(AppJar.version("1").rSocket().withPackage("io.unicorn.sample.detached.rsocket"), "rsocket", args);
	}

	private RunningPool start(AppJar jar, String listener, String... args) {
		PoolBuilder builder = RunningPool.builder()
			.bootingFast()
			.jar(jar.overwrite(this.directory.resolve("app.jar")))
			.args("--unicorn.workers=2", "--unicorn.listeners." + listener + "=" + this.port)
			.args(args);
		return this.pools.start(builder);
	}

	private CountedLoad load(CountedLoad.Client... clients) {
		return this.pools.closing(new CountedLoad(Stream.of(clients).toList()));
	}

	private static Set<String> readyPids(RunningPool pool) {
		return WorkerView.ready(pool.awaitReady(2))
			.stream()
			.map((worker) -> Long.toString(worker.pid()))
			.collect(Collectors.toSet());
	}

	/** A line on a connection of its own. */
	private CountedLoad.Client newConnections() {
		return new LinePerConnection(this.port);
	}

	private CountedLoad lineLoad() {
		return load(Stream.generate(this::newConnections).limit(CLIENTS).toArray(CountedLoad.Client[]::new));
	}

	@Test
	void workersShareThePortOfALineServerAndARollOutLosesNoConnection() throws Exception {
		RunningPool pool = lines();
		assertThat(pool.awaitReady(2).path("listeners")).extracting((listener) -> listener.path("name").asString(""))
			.containsExactlyInAnyOrder("http", "lines");
		Set<String> before = readyPids(pool);
		CountedLoad load = lineLoad();
		Await.until(RunningPool.PATIENCE, () -> "answers of " + before, () -> load.pids().containsAll(before));
		assertThat(pool.rollOut().state()).isEqualTo("succeeded");
		Set<String> after = readyPids(pool);
		assertThat(after).doesNotContainAnyElementsOf(before);
		Await.until(RunningPool.PATIENCE, () -> "answers of " + after, () -> load.pids().containsAll(after));
		load.assertFlawless();
		assertThat(pool.stop()).isZero();
	}

	@Test
	void aLineThatIsBeingAnsweredIsAnsweredBeforeItsWorkerLeaves() throws Exception {
		RunningPool pool = lines();
		pool.awaitReady(2);
		try (LineClient busy = new LineClient(this.port); LineClient idle = new LineClient(this.port)) {
			idle.pidThatAnswers("hello");
			busy.send(LineConnection.WAIT);
			pool.awaitOutput("a line waits for the drain", RunningPool.PATIENCE);
			assertThat(pool.rollOut().state()).isEqualTo("succeeded");
			assertThat(busy.read()).endsWith(" " + LineConnection.WAIT);
			assertThat(busy.read()).isNull();
			assertThat(idle.read()).isNull();
		}
		assertThat(pool.stop()).isZero();
		assertThat(pool.output()).doesNotContain("closed 1 connection", "closed 2 connections");
	}

	@Test
	void withoutAPoolTheProcessListensForTheLineServer() throws Exception {
		RunningPool plain = lines("--unicorn.enabled=false");
		plain.awaitOutput(STARTED, RunningPool.PATIENCE);
		CountedLoad load = load(newConnectionsOnceOpen());
		Await.until(RunningPool.PATIENCE, () -> "an answer", () -> !load.pids().isEmpty());
		assertThat(load.assertFlawless().pids()).containsExactly(Long.toString(plain.masterPid()));
	}

	private CountedLoad.Client newConnectionsOnceOpen() {
		Await.until(RunningPool.PATIENCE, () -> "a listener on port " + this.port, this::isOpen);
		return newConnections();
	}

	private boolean isOpen() {
		try {
			new LineClient(this.port).close();
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Test
	void workersShareThePortOfAGrpcServerAndARollOutLosesNoCall() throws Exception {
		assertARollOutLosesNothing(grpc(), (calls) -> new GrpcClient(this.port, calls));
	}

	@Test
	@Nightly
	void workersShareThePortOfAnRSocketServerAndARollOutLosesNoRequest() throws Exception {
		assertARollOutLosesNothing(rSocket(), (requests) -> new RSocketClient(this.port, requests));
	}

	private void assertARollOutLosesNothing(RunningPool pool, IntFunction<CountedLoad.Client> client) throws Exception {
		Set<String> before = readyPids(pool);
		CountedLoad load = load(client.apply(Integer.MAX_VALUE), client.apply(10), client.apply(1), client.apply(1));
		Await.until(RunningPool.PATIENCE, () -> "answers of " + before, () -> load.pids().containsAll(before));
		assertThat(pool.rollOut().state()).isEqualTo("succeeded");
		Set<String> after = readyPids(pool);
		assertThat(after).doesNotContainAnyElementsOf(before);
		Await.until(RunningPool.PATIENCE, () -> "answers of " + after, () -> load.pids().containsAll(after));
		load.assertFlawless();
		assertThat(pool.stop()).isZero();
		assertThat(pool.output()).doesNotContainPattern("closed [0-9]+ connection");
	}

	@Test
	@Nightly
	void withoutAPoolTheProcessListensForTheGrpcServer() throws Exception {
		RunningPool plain = grpc("--unicorn.enabled=false");
		plain.awaitOutput(STARTED, RunningPool.PATIENCE);
		try (GrpcClient client = new GrpcClient(this.port, 1)) {
			assertThat(client.exchange()).isEqualTo(Long.toString(plain.masterPid()));
		}
	}

	@Test
	@Nightly
	void withoutAPoolTheProcessListensForTheRSocketServer() throws Exception {
		RunningPool plain = rSocket("--unicorn.enabled=false");
		plain.awaitOutput(STARTED, RunningPool.PATIENCE);
		try (RSocketClient client = new RSocketClient(this.port, 1)) {
			assertThat(client.exchange()).isEqualTo(Long.toString(plain.masterPid()));
		}
	}

}
