package io.unicorn.boot.jetty;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

import io.unicorn.boot.server.UnixClient;
import io.unicorn.worker.RequestLedger;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class JettyUnixSocketTests {

	@Test
	void connectionsAreCountedAndDrained(@TempDir Path directory) throws Exception {
		Path file = directory.resolve("app.sock");
		RequestLedger ledger = new RequestLedger(0, () -> {
		});
		try (PooledJetty jetty = new PooledJetty(UnixClient.listener(file), ledger, new Servlet());
				UnixClient idle = new UnixClient(file);
				UnixClient gone = new UnixClient(file)) {
			jetty.drainable().startAccepting();
			assertThat(idle.get("/")).startsWith("HTTP/1.1 200 ").doesNotContain("Connection: close");
			assertThat(gone.get("/")).startsWith("HTTP/1.1 200 ");
			assertThat(jetty.drainable().connections()).isEqualTo(2);
			gone.hangUp();
			Awaitility.await().until(() -> jetty.drainable().connections() == 1);

			jetty.drainable().stopAccepting();

			assertThat(idle.get("/")).containsIgnoringCase("Connection: close");
			assertThat(idle.read()).isEmpty();
			idle.hangUp();
			assertThat(jetty.drainable().awaitNoConnections(Duration.ofSeconds(20))).isZero();
		}
	}

	private static final class Servlet extends HttpServlet {

		private static final long serialVersionUID = 1L;

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
			response.getWriter().write("served!");
		}

	}

}
