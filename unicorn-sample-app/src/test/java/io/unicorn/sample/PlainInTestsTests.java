package io.unicorn.sample;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

import io.unicorn.boot.PoolWorker;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.pool.RunningPool;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks that a test run stays one process although a pool is configured.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "unicorn.enabled=true")
class PlainInTestsTests {

	private final ObjectProvider<PoolWorker> worker;

	private final int port;

	@Autowired
	PlainInTestsTests(ObjectProvider<PoolWorker> worker, @LocalServerPort int port) {
		this.worker = worker;
		this.port = port;
	}

	@Test
	void aTestWithAWebServerServesInItsOwnProcess() throws IOException {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port);
		try (HttpConnection connection = HttpConnection.open(address, RunningPool.PATIENCE)) {
			assertThat(connection.exchange(LoadRequest.get("/whoami").onKeepAlive()).text())
				.contains("\"pid\":" + ProcessHandle.current().pid(), "\"worker\":null");
			assertThat(connection.exchange(LoadRequest.get("/actuator/unicorn").onKeepAlive()).status()).isEqualTo(404);
		}
		assertThat(this.worker.getIfAvailable()).isNull();
	}

}
