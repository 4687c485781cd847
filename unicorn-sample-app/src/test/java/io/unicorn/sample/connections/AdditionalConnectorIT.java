package io.unicorn.sample.connections;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.unicorn.sample.testsupport.AppJar;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests applications whose Tomcat listens on a second port.
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
	void makeJar(@TempDir Path directory) throws Exception {
		this.jar = AppJar.version("1").with(PlainConnector.class).overwrite(directory.resolve("app.jar"));
		this.second = FreePort.choose();
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

	@Test
	void allWorkersShareThePortAndARollOutLosesNoRequest() throws Exception {
		RunningPool pool = this.pools.start(builder("--unicorn.listeners.plain=" + this.second));
		pool.awaitReady(2);
		Set<String> workers = new HashSet<>();
		for (int i = 0; i < 40 && workers.size() < 2; i++) {
			Matcher pid = PID.matcher(ask().text());
			assertThat(pid.find()).isTrue();
			workers.add(pid.group(1));
		}
		assertThat(workers).hasSize(2);
		LoadClient load = this.pools
			.closing(LoadClient.on(this.second).keepAlive(4).connectionPerRequest(4).get("/whoami").start());
		assertThat(pool.rollOut().state()).isEqualTo("succeeded");
		load.stop().assertFlawless();
		assertThat(pool.stop()).isZero();
	}

	@Test
	void withoutAListenerOfThePoolTheApplicationRunsInOneProcess() throws Exception {
		RunningPool pool = this.pools.start(builder("--unicorn.bind=127.0.0.2:0"));
		pool.awaitOutput(Pattern.compile("Started SampleApplication"), RunningPool.PATIENCE);
		pool.awaitOutput("No worker pool: its web server has an additional connector on port " + this.second, TIMEOUT);
		assertThat(ask().status()).isEqualTo(200);
		assertThat(ask().text()).contains("\"worker\":null");
		assertThat(ListeningAddresses.of(pool.masterPid())).anyMatch((address) -> address.startsWith("127.0.0.2:"))
			.allMatch((address) -> address.startsWith("127.0.0.2:") || address.endsWith(":" + this.second));
	}

}
