package io.unicorn.boot.jetty;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.unicorn.boot.server.HttpClientSocket;
import io.unicorn.boot.server.ServerTuning;
import io.unicorn.boot.warmup.WarmUpPlan;
import io.unicorn.launch.settings.WorkerClass;
import io.unicorn.worker.RequestLedger;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class JettyWarmUpTests {

	private final RequestLedger ledger = new RequestLedger(0, () -> {
	});

	private final Queue<String> served = new ConcurrentLinkedQueue<>();

	/** What another process of this machine has been answered. */
	private final Queue<String> refusals = new ConcurrentLinkedQueue<>();

	private final class Servlet extends HttpServlet {

		private static final long serialVersionUID = 1L;

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
			JettyWarmUpTests.this.served.add(request.getRequestURI());
			if (request.getRequestURI().equals("/intruded")) {
				try (HttpClientSocket intruder = new HttpClientSocket(request.getLocalPort())) {
					intruder.request("/stranger");
					JettyWarmUpTests.this.refusals.add(intruder.response().status());
				}
			}
			response.setContentLength(2);
			response.getWriter().write("ok");
		}

	}

	private PooledJetty jetty(ServerTuning tuning, int most, String path) throws Exception {
		WarmUpPlan plan = new WarmUpPlan(List.of(path), 15, Duration.ofSeconds(30));
		return new PooledJetty(PooledJetty.listener(), this.ledger, new Servlet(), tuning, plan, most);
	}

	@Test
	void ownRequestsAreServedBeforeThoseOfClientsAndNotCounted(CapturedOutput output) throws Exception {
		try (PooledJetty jetty = jetty(ServerTuning.NONE, Integer.MAX_VALUE, "/a");
				HttpClientSocket client = new HttpClientSocket(jetty.port())) {
			client.request("/client");
			jetty.drainable().warmUp();
			assertThat(this.served).hasSize(15).containsOnly("/a");
			assertThat(output).contains("Warmed up with 15 requests in ").doesNotContain("WARN");
			client.timeout(100);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(client::response);
			assertThat(this.ledger.finished()).isZero();
			jetty.drainable().startAccepting();
			client.timeout(20_000);
			assertThat(client.response().status()).contains("200");
			Awaitility.await().until(() -> this.ledger.finished() == 1);
		}
	}

	@Test
	void anotherProcessThatFindsThePortOfTheWarmUpIsRefused() throws Exception {
		try (PooledJetty jetty = jetty(ServerTuning.NONE, Integer.MAX_VALUE, "/intruded")) {
			jetty.drainable().warmUp();
			assertThat(this.refusals).hasSize(15).allMatch((status) -> status.contains("503"));
			assertThat(this.served).doesNotContain("/stranger");
		}
	}

	@Test
	void aServerOfOneConnectionAtATimeIsWarmedUpToo(CapturedOutput output) throws Exception {
		ServerTuning sync = new ServerTuning(WorkerClass.SYNC, null, null, null);
		try (PooledJetty jetty = jetty(sync, 1, "/a")) {
			jetty.drainable().warmUp();
			assertThat(jetty.drainable().connections()).isZero();
			assertThat(output).contains("Warmed up with 15 requests in ").doesNotContain("WARN");
			jetty.drainable().startAccepting();
			try (HttpClientSocket client = new HttpClientSocket(jetty.port())) {
				client.request("/");
				assertThat(client.response().status()).contains("200");
			}
		}
	}

}
