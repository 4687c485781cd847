package io.unicorn.boot.jetty;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

import io.unicorn.boot.server.HttpClientSocket;
import io.unicorn.worker.RequestLedger;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class RequestLedgerHandlerTests {

	private final RequestLedger ledger = new RequestLedger(0, () -> {
	});

	private final CountDownLatch goOn = new CountDownLatch(1);

	private PooledJetty jetty;

	/** Answers in the way that its path names. */
	private final class Servlet extends HttpServlet {

		private static final long serialVersionUID = 1L;

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response)
				throws IOException, ServletException {
			if (request.getDispatcherType() == DispatcherType.ASYNC && request.getAttribute("again") == null
					&& !request.getRequestURI().endsWith("error")) {
				ok(response);
				return;
			}
			switch (request.getRequestURI()) {
				case "/sync" -> ok(response);
				case "/error" -> throw new ServletException("deliberate");
				case "/wait" -> {
					await();
					ok(response);
				}
				case "/complete" -> async(request, (context) -> {
					await();
					ok(response);
					context.complete();
				});
				case "/at-once" -> {
					AsyncContext context = request.startAsync();
					ok(response);
					context.complete();
				}
				case "/dispatch" -> async(request, (context) -> {
					await();
					context.dispatch();
				});
				case "/twice" -> {
					boolean first = request.getAttribute("again") == null;
					request.setAttribute("again", first ? true : null);
					async(request, (context) -> {
						await();
						context.dispatch();
					});
				}
				case "/dispatch-to-error" -> {
					if (request.getDispatcherType() == DispatcherType.ASYNC) {
						response.sendError(503);
						return;
					}
					async(request, AsyncContext::dispatch);
				}
				case "/endless" -> {
					AsyncContext endless = request.startAsync();
					endless.setTimeout(0);
					// Leaves it to the container to find out that the client is gone.
					endless.addListener(new CompleteOnError());
					new Thread(() -> writeUntilItFails(response)).start();
				}
				case "/timeout" -> request.startAsync().setTimeout(100);
				default -> response.sendError(404);
			}
		}

	}

	private static final class CompleteOnError implements AsyncListener {

		@Override
		public void onError(AsyncEvent event) {
			event.getAsyncContext().complete();
		}

		@Override
		public void onComplete(AsyncEvent event) {
		}

		@Override
		public void onTimeout(AsyncEvent event) {
		}

		@Override
		public void onStartAsync(AsyncEvent event) {
		}

	}

	private static void writeUntilItFails(HttpServletResponse response) {
		try {
			while (true) {
				response.getOutputStream().write(new byte[100_000]);
				response.flushBuffer();
			}
		}
		catch (IOException ex) {
			// The client is gone.
		}
	}

	/** Continues a request on another thread. */
	private interface Continuation {

		void run(AsyncContext context) throws IOException;

	}

	private static void async(HttpServletRequest request, Continuation continuation) {
		AsyncContext context = request.startAsync();
		new Thread(() -> {
			try {
				continuation.run(context);
			}
			catch (IOException ex) {
				throw new java.io.UncheckedIOException(ex);
			}
		}).start();
	}

	private static void ok(HttpServletResponse response) throws IOException {
		response.setContentLength(2);
		response.getWriter().write("ok");
	}

	private void await() {
		try {
			this.goOn.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@BeforeEach
	void start() throws Exception {
		this.jetty = new PooledJetty(PooledJetty.listener(), this.ledger, new Servlet());
		this.jetty.drainable().startAccepting();
	}

	@AfterEach
	void stop() throws Exception {
		this.goOn.countDown();
		this.jetty.close();
	}

	private void counts(String path, String status) throws IOException {
		this.goOn.countDown();
		try (HttpClientSocket client = new HttpClientSocket(this.jetty.port())) {
			client.request(path);
			assertThat(client.response().status()).contains(status);
			Awaitility.await().until(() -> this.ledger.inFlight() == 0);
			assertThat(this.ledger.finished()).isEqualTo(1);
			assertThat(this.ledger.errors()).isEqualTo(status.startsWith("5") ? 1 : 0);
			assertThat(this.ledger.oldestMillis()).isZero();
		}
	}

	private void isInFlightUntilItIsAnswered(String path) throws IOException {
		try (HttpClientSocket client = new HttpClientSocket(this.jetty.port())) {
			client.request(path);
			Awaitility.await().until(() -> this.ledger.inFlight() == 1);
			Awaitility.await().until(() -> this.ledger.oldestMillis() > 20);
			assertThat(this.ledger.finished()).isZero();
			this.goOn.countDown();
			assertThat(client.response().status()).contains("200");
			Awaitility.await().until(() -> this.ledger.inFlight() == 0);
			assertThat(this.ledger.finished()).isEqualTo(1);
		}
	}

	@Test
	void aRequestCountsOnce() throws IOException {
		counts("/sync", "200");
	}

	@Test
	void aRequestThatFailsCountsOnce() throws IOException {
		counts("/error", "500");
	}

	@Test
	void aRequestThatIsNotFoundCountsOnce() throws IOException {
		counts("/nothing", "404");
	}

	@Test
	void anAsynchronousRequestCountsOnceWhenItCompletes() throws IOException {
		counts("/complete", "200");
	}

	@Test
	void anAsynchronousRequestThatCompletesAtOnceCountsOnce() throws IOException {
		counts("/at-once", "200");
	}

	@Test
	void anAsynchronousRequestThatIsDispatchedCountsOnce() throws IOException {
		counts("/dispatch", "200");
	}

	@Test
	void anAsynchronousRequestThatIsDispatchedTwiceCountsOnce() throws IOException {
		counts("/twice", "200");
	}

	@Test
	void anAsynchronousRequestThatTimesOutCountsOnce() throws IOException {
		counts("/timeout", "500");
	}

	@Test
	void anAsynchronousRequestWhoseDispatchFailsCountsAsAnError() throws IOException {
		counts("/dispatch-to-error", "503");
	}

	@Test
	void aRequestWhoseClientIsGoneCountsWhenItsNextWriteFails() throws IOException {
		try (HttpClientSocket client = new HttpClientSocket(this.jetty.port())) {
			client.request("/endless");
			Awaitility.await().until(() -> this.ledger.inFlight() == 1);
		}
		Awaitility.await().until(() -> this.ledger.inFlight() == 0);
		assertThat(this.ledger.finished()).isEqualTo(1);
		assertThat(this.ledger.errors()).isZero();
	}

	@Test
	void aRequestIsInFlightUntilItIsAnswered() throws IOException {
		isInFlightUntilItIsAnswered("/wait");
	}

	@Test
	void anAsynchronousRequestIsInFlightUntilItCompletes() throws IOException {
		isInFlightUntilItIsAnswered("/complete");
	}

	@Test
	void anAsynchronousRequestIsInFlightUntilItsDispatchIsDone() throws IOException {
		isInFlightUntilItIsAnswered("/dispatch");
	}

}
