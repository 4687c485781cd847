package io.unicorn.sample.connections;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.unicorn.sample.testsupport.FreePort;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.http.Response;
import io.unicorn.sample.testsupport.load.LoadClient;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.process.ListeningAddresses;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests applications whose web server listens on a second port.
 */
@OneJdk
class AdditionalConnectorIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(1);

	private static final Pattern PID = Pattern.compile("\"pid\":(\\d+)");

	@RegisterExtension
	final Pools pools = new Pools();

	private Path jar = Path.of("");

	private int second;

	@BeforeEach
	void choosePort() throws Exception {
		this.second = FreePort.choose();
	}

	private void makeJar(String server, Path directory) {
		this.jar = ServerApp.on(server)
			.with(server.equals(ServerApp.JETTY) ? PlainJettyConnector.class : PlainConnector.class)
			.overwrite(directory.resolve("app.jar"));
	}

	private PoolBuilder builder(String... args) {
		return RunningPool.builder()
			.bootingFast()
			.jar(this.jar)
			.args("--unicorn.workers=2", "--plain.port=" + this.second)
			.args(args);
	}

	private Response ask() throws Exception {
		try (HttpConnection connection = HttpConnection
			.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.second), TIMEOUT)) {
			return connection.exchange(LoadRequest.get("/whoami").onOwnConnection());
		}
	}

	@ParameterizedTest
	@MethodSource("io.unicorn.sample.connections.ServerApp#withThreads")
	void allWorkersShareThePortAndARollOutLosesNoRequest(String server, @TempDir Path directory) throws Exception {
		makeJar(server, directory);
		RunningPool pool = this.pools.start(builder("--unicorn.listeners.plain=" + this.second));
		pool.awaitReady(2);
		Set<String> workers = new HashSet<>();
		for (int i = 0; i < 40 && workers.size() < 2; i++) {
			Matcher pid = PID.matcher(ask().text());
			assertThat(pid.find()).isTrue();
			workers.add(pid.group(1));
		}
		assertThat(workers).hasSize(2);
		if (server.equals(ServerApp.JETTY)) {
			assertThat(ask().header("server")).as("a setting of this connector").startsWith("Jetty(");
			assertThat(pool.get("/whoami").header("server")).isNull();
		}
		LoadClient load = this.pools.closing(LoadClient.on(this.second)
			.keepAlive(4)
			.connectionPerRequest(4)
			.get("/whoami")
			.pause(Duration.ofMillis(25))
			.start());
		assertThat(pool.rollOut().state()).isEqualTo("succeeded");
		load.stop().assertFlawless();
		pool.awaitPool("requests of both ports are counted",
				(seen) -> seen.path("workers").valueStream().anyMatch((worker) -> worker.path("requests").asInt() > 0),
				TIMEOUT);
		assertThat(pool.stop()).isZero();
		assertThat(pool.output()).doesNotContain("that had not ended");
	}

	@ParameterizedTest
	@MethodSource("io.unicorn.sample.connections.ServerApp#withThreads")
	void withoutAListenerOfThePoolTheApplicationRunsInOneProcess(String server, @TempDir Path directory)
			throws Exception {
		makeJar(server, directory);
		RunningPool pool = this.pools.start(builder("--unicorn.bind=127.0.0.2:0"));
		pool.awaitOutput(Pattern.compile("Started SampleApplication"), RunningPool.PATIENCE);
		pool.awaitOutput("No worker pool: its web server has an additional connector on port " + this.second, TIMEOUT);
		assertThat(ask().status()).isEqualTo(200);
		assertThat(ask().text()).contains("\"worker\":null");
		assertThat(ListeningAddresses.of(pool.masterPid())).anyMatch((address) -> address.startsWith("127.0.0.2:"))
			.allMatch((address) -> address.startsWith("127.0.0.2:") || address.endsWith(":" + this.second));
	}

}
