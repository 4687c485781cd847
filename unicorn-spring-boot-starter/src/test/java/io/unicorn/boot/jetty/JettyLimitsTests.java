package io.unicorn.boot.jetty;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

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

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
class JettyLimitsTests {

	private final RequestLedger ledger = new RequestLedger(0, () -> {
	});

	private final CountDownLatch slowMayEnd = new CountDownLatch(1);

	private final AtomicInteger slow = new AtomicInteger();

	private final class Servlet extends HttpServlet {

		private static final long serialVersionUID = 1L;

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
			if (request.getRequestURI().equals("/slow")) {
				JettyLimitsTests.this.slow.incrementAndGet();
				try {
					JettyLimitsTests.this.slowMayEnd.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}
			response.setContentLength(2);
			response.getWriter().write("ok");
		}

	}

	private PooledJetty jetty(ServerTuning tuning, int most) throws Exception {
		PooledJetty jetty = new PooledJetty(PooledJetty.listener(), this.ledger, new Servlet(), tuning, WarmUpPlan.NONE,
				most);
		jetty.drainable().startAccepting();
		return jetty;
	}

	@Test
	void aSyncWorkerServesOneRequestOfOneConnectionAtATime() throws Exception {
		ServerTuning sync = new ServerTuning(WorkerClass.SYNC, null, null, null);
		try (PooledJetty jetty = jetty(sync, new JettyLimits(sync).connections(-1))) {
			HttpClientSocket first = new HttpClientSocket(jetty.port());
			first.request("/slow");
			Awaitility.await().until(() -> this.slow.get() == 1);
			try (HttpClientSocket second = new HttpClientSocket(jetty.port())) {
				second.request("/");
				second.timeout(300);
				assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(second::response);
				assertThat(jetty.drainable().connections()).isEqualTo(1);
				this.slowMayEnd.countDown();
				assertThat(first.response()).isEqualTo(new HttpClientSocket.Response("HTTP/1.1 200 OK", true, "ok"));
				assertThat(first.end()).isNull();
				first.close();
				second.timeout(20_000);
				assertThat(second.response().close()).isTrue();
			}
		}
	}

	@Test
	void aClientThatSendsNothingDoesNotBlockASyncWorkerForLong() throws Exception {
		ServerTuning sync = new ServerTuning(WorkerClass.SYNC, null, null, Duration.ofMillis(500));
		try (PooledJetty jetty = jetty(sync, 1);
				HttpClientSocket silent = new HttpClientSocket(jetty.port());
				HttpClientSocket second = new HttpClientSocket(jetty.port())) {
			second.request("/");
			assertThat(second.response().body()).isEqualTo("ok");
			assertThat(silent.end()).isNull();
		}
	}

	@Test
	void asManyRequestsRunAsThereAreThreads() throws Exception {
		try (PooledJetty jetty = jetty(new ServerTuning(WorkerClass.GTHREAD, 3, null, null), Integer.MAX_VALUE)) {
			List<HttpClientSocket> clients = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				HttpClientSocket client = new HttpClientSocket(jetty.port());
				clients.add(client);
				client.request("/slow");
			}
			Awaitility.await().until(() -> this.slow.get() == 3);
			clients.get(3).timeout(300);
			Awaitility.await().pollDelay(Duration.ofMillis(300)).untilAsserted(() -> assertThat(this.slow).hasValue(3));
			this.slowMayEnd.countDown();
			for (HttpClientSocket client : clients) {
				client.timeout(20_000);
				assertThat(client.response().body()).isEqualTo("ok");
				client.close();
			}
			assertThat(this.slow).hasValue(4);
		}
	}

	@Test
	void aWorkerWithAllItsConnectionsAcceptsNoMore() throws Exception {
		ServerTuning two = new ServerTuning(WorkerClass.GTHREAD, null, 2, null);
		assertThat(new JettyLimits(two).connections(-1)).isEqualTo(2);
		try (PooledJetty jetty = jetty(two, 2)) {
			HttpClientSocket first = new HttpClientSocket(jetty.port());
			first.request("/");
			first.response();
			try (HttpClientSocket second = new HttpClientSocket(jetty.port());
					HttpClientSocket third = new HttpClientSocket(jetty.port())) {
				second.request("/");
				second.response();
				third.request("/");
				third.timeout(300);
				assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(third::response);
				first.close();
				third.timeout(20_000);
				assertThat(third.response().body()).isEqualTo("ok");
				assertThat(jetty.drainable().connections()).isEqualTo(2);
			}
		}
	}

	@Test
	void whatTheServerIsConfiguredForCountsWithoutASettingOfThePool() {
		assertThat(new JettyLimits(ServerTuning.NONE).connections(-1)).isEqualTo(Integer.MAX_VALUE);
		assertThat(new JettyLimits(ServerTuning.NONE).connections(7)).isEqualTo(7);
	}

	@Test
	void aWorkerWhoseThreadsAreBusyIsFull() throws Exception {
		ServerTuning tuning = new ServerTuning(WorkerClass.GTHREAD, 1, null, null);
		try (PooledJetty jetty = jetty(tuning, Integer.MAX_VALUE);
				HttpClientSocket client = new HttpClientSocket(jetty.port())) {
			assertThat(JettyLimits.hasFreeThread(jetty.server().getThreadPool())).isTrue();
			client.request("/slow");
			Awaitility.await().until(() -> this.slow.get() == 1);
			assertThat(JettyLimits.hasFreeThread(jetty.server().getThreadPool())).isFalse();
			this.slowMayEnd.countDown();
			assertThat(client.response().body()).isEqualTo("ok");
			Awaitility.await().until(() -> JettyLimits.hasFreeThread(jetty.server().getThreadPool()));
		}
	}

}
