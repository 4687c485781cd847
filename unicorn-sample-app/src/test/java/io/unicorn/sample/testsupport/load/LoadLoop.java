package io.unicorn.sample.testsupport.load;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

import io.unicorn.sample.testsupport.http.ExchangeException;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.http.Response;
import org.jspecify.annotations.Nullable;

/**
 * Runs one client: sends a request, waits for its response, sends the next. A failed
 * request is counted and not repeated.
 */
final class LoadLoop implements Runnable {

	/**
	 * Keeps a client that cannot connect from spinning.
	 */
	private static final Duration AFTER_NO_CONNECTION = Duration.ofMillis(5);

	private final String name;

	private final int first;

	private final boolean keepAlive;

	private final Shared shared;

	private final Tally tally = new Tally();

	private volatile @Nullable HttpConnection connection;

	private volatile boolean aborted;

	LoadLoop(String name, int first, boolean keepAlive, Shared shared) {
		this.name = name;
		this.first = first;
		this.keepAlive = keepAlive;
		this.shared = shared;
	}

	@Override
	public void run() {
		Duration pause = this.shared.pause();
		int next = this.first;
		while (!this.aborted && !this.shared.stopsWithin(pause)) {
			LoadRequest request = this.shared.requests().get(next++ % this.shared.requests().size());
			pause = step(request) ? this.shared.pause() : AFTER_NO_CONNECTION;
		}
		disconnect();
	}

	private boolean step(LoadRequest request) {
		long start = System.nanoTime();
		HttpConnection current = this.connection;
		if (current == null) {
			try {
				current = this.shared.connect();
			}
			catch (ExchangeException ex) {
				failed(request, ex.problem(), ex, null);
				return false;
			}
			this.connection = current;
			this.tally.connected();
		}
		this.tally.sent();
		try {
			Response response = current.exchange(this.keepAlive ? request.onKeepAlive() : request.onOwnConnection());
			check(request, response, System.nanoTime() - start, current);
			if (!this.keepAlive || response.isLast()) {
				disconnect();
			}
		}
		catch (ExchangeException ex) {
			failed(request, this.aborted ? Problem.UNFINISHED : ex.problem(), ex, current);
			disconnect();
		}
		return true;
	}

	private void check(LoadRequest request, Response response, long nanos, HttpConnection current) {
		boolean ok = response.status() == 200;
		boolean right = ok && request.isExpected(response);
		this.tally.answered(nanos, right ? this.shared.group().apply(response) : "");
		this.shared.answered().increment();
		if (!right) {
			Problem problem = ok ? Problem.WRONG_BODY : Problem.NOT_200;
			this.tally.failed(problem);
			this.shared.problems()
				.add(this.name, request, problem, response.toString(), current.answered() - 1,
						current.sinceLastAnswer());
		}
	}

	private void failed(LoadRequest request, Problem problem, ExchangeException ex, @Nullable HttpConnection on) {
		this.tally.failed(problem);
		Duration since = (on != null) ? on.sinceLastAnswer() : Duration.ofNanos(-1);
		this.shared.problems()
			.add(this.name, request, problem, String.valueOf(ex.getCause()), (on != null) ? on.answered() : 0, since);
	}

	private void disconnect() {
		HttpConnection current = this.connection;
		this.connection = null;
		if (current != null) {
			current.close();
		}
	}

	/**
	 * End the request in flight; called by another thread, when stopping took too long.
	 */
	void abort() {
		this.aborted = true;
		HttpConnection current = this.connection;
		if (current != null) {
			current.close();
		}
	}

	/**
	 * The counts, complete when the loop has ended.
	 */
	Tally tally() {
		return this.tally;
	}

	/**
	 * The shared state of the clients of one load.
	 *
	 * @param requests the requests, sent in turn
	 * @param connector makes connections
	 * @param pause how long a client waits between a response and its next request
	 * @param group by what the right answers are counted
	 * @param stop released when the clients are to stop
	 * @param answered how many responses there were so far
	 * @param problems the first problems
	 */
	record Shared(List<LoadRequest> requests, Connector connector, Duration pause, Function<Response, String> group,
			CountDownLatch stop, LongAdder answered, ProblemLog problems) {

		HttpConnection connect() throws ExchangeException {
			return this.connector.connect();
		}

		boolean stopsWithin(Duration time) {
			if (time.isZero()) {
				return this.stop.getCount() == 0;
			}
			try {
				return this.stop.await(time.toNanos(), TimeUnit.NANOSECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return true;
			}
		}

	}

	interface Connector {

		HttpConnection connect() throws ExchangeException;

	}

}
