package io.unicorn.sample.testsupport.load;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;

import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.http.Response;
import org.jspecify.annotations.Nullable;

/**
 * Runs many clients, each of which sends one request after the other and counts the
 * responses. No request is repeated, so that every loss is counted. A kept-alive
 * connection is used until the server says that it ends; if the server closes it without
 * an announcement, the next request on it counts as lost, whichever side caused it.
 */
public final class LoadClient implements AutoCloseable {

	private static final long STACK_BYTES = 256 * 1024;

	private static final Duration STOP_MARGIN = Duration.ofSeconds(5);

	private final List<LoadLoop> loops = new ArrayList<>();

	private final List<Thread> threads = new ArrayList<>();

	private final LoadLoop.Shared shared;

	private final Duration stopTimeout;

	private final long startNanos = System.nanoTime();

	private @Nullable Report report;

	private LoadClient(Builder builder) {
		InetSocketAddress address = builder.address;
		Duration timeout = builder.timeout;
		this.stopTimeout = timeout.plus(STOP_MARGIN);
		List<LoadRequest> requests = builder.requests.isEmpty() ? List.of(LoadRequest.get("/"))
				: List.copyOf(builder.requests);
		this.shared = new LoadLoop.Shared(requests, () -> HttpConnection.open(address, timeout), builder.pause,
				builder.group, new CountDownLatch(1), new LongAdder(), new ProblemLog(builder.samples));
		for (int i = 0; i < builder.keepAlive + builder.perRequest; i++) {
			boolean keepAlive = i < builder.keepAlive;
			String name = keepAlive ? "keep-alive client " + i : "one-shot client " + (i - builder.keepAlive);
			LoadLoop loop = new LoadLoop(name, i, keepAlive, this.shared);
			Thread thread = new Thread(null, loop, name, STACK_BYTES);
			thread.setDaemon(true);
			this.loops.add(loop);
			this.threads.add(thread);
		}
	}

	/**
	 * Describe a load on a local port.
	 * @param port the port
	 * @return the description
	 */
	public static Builder on(int port) {
		return new Builder(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
	}

	/**
	 * How many responses have come back so far, right or wrong.
	 * @return the number of responses
	 */
	public long answered() {
		return this.shared.answered().sum();
	}

	/**
	 * Wait until so many more responses have come back, which shows that the load flows.
	 * @param count how many more
	 * @param timeout how long to wait at most
	 */
	public void awaitAnswers(long count, Duration timeout) {
		long wanted = answered() + count;
		Await.until(timeout, () -> wanted - answered() + " more answers", () -> answered() >= wanted);
	}

	/**
	 * Go on for a time, then stop.
	 * @param time how long to go on
	 * @return what the load has come to
	 */
	public Report during(Duration time) {
		this.shared.stopsWithin(time);
		return stop();
	}

	/**
	 * Go on until something has happened, then stop.
	 * @param what what is waited for, for the message if it does not happen
	 * @param timeout how long to wait at most
	 * @param condition whether it has happened
	 * @return what the load has come to
	 */
	public Report until(String what, Duration timeout, BooleanSupplier condition) {
		Await.until(timeout, () -> what, condition);
		return stop();
	}

	/**
	 * Let each client finish its request in flight, then stop. Stopping again gives the
	 * same report.
	 * @return what the load has come to
	 */
	public synchronized Report stop() {
		if (this.report == null) {
			this.shared.stop().countDown();
			Duration duration = Duration.ofNanos(System.nanoTime() - this.startNanos);
			ClientThreads.join(this.threads, this.stopTimeout);
			this.loops.forEach(LoadLoop::abort);
			ClientThreads.join(this.threads, STOP_MARGIN);
			Tally total = new Tally();
			this.loops.forEach((loop) -> total.add(loop.tally()));
			this.report = Report.of(duration, total, this.shared.problems().samples());
		}
		return this.report;
	}

	@Override
	public void close() {
		stop();
	}

	/**
	 * Describes a load.
	 */
	public static final class Builder {

		private final InetSocketAddress address;

		private final List<LoadRequest> requests = new ArrayList<>();

		private int keepAlive;

		private int perRequest;

		private int samples = 20;

		private Duration timeout = Duration.ofSeconds(60);

		private Duration pause = Duration.ZERO;

		private Function<Response, String> group = (response) -> "";

		private Builder(InetSocketAddress address) {
			this.address = address;
		}

		/**
		 * Add clients that use a connection for as long as the server lets them.
		 * @param count how many
		 * @return this description
		 */
		public Builder keepAlive(int count) {
			this.keepAlive = count;
			return this;
		}

		/**
		 * Add clients that make a connection for each request.
		 * @param count how many
		 * @return this description
		 */
		public Builder connectionPerRequest(int count) {
			this.perRequest = count;
			return this;
		}

		/**
		 * Add GET requests to which any body is right. Each client sends all requests in
		 * turn, and each begins with another.
		 * @param paths the paths
		 * @return this description
		 */
		public Builder get(String... paths) {
			return send(Stream.of(paths).map(LoadRequest::get).toArray(LoadRequest[]::new));
		}

		/**
		 * Add requests.
		 * @param requests the requests
		 * @return this description
		 */
		public Builder send(LoadRequest... requests) {
			this.requests.addAll(List.of(requests));
			return this;
		}

		/**
		 * Wait between a response and the client's next request, by default not at all.
		 * @param pause how long
		 * @return this description
		 */
		public Builder pause(Duration pause) {
			this.pause = pause;
			return this;
		}

		/**
		 * Wait only so long for a connection and for each further byte of a response, by
		 * default one minute.
		 * @param timeout how long
		 * @return this description
		 */
		public Builder timeout(Duration timeout) {
			this.timeout = timeout;
			return this;
		}

		/**
		 * Count the right answers by group, for example by the worker that gave them.
		 * @param group the group of a response, empty if it belongs to none; called by
		 * many threads
		 * @return this description
		 */
		public Builder countingBy(Function<Response, String> group) {
			this.group = group;
			return this;
		}

		/**
		 * Keep the details of so many problems, by default of 20.
		 * @param count how many
		 * @return this description
		 */
		public Builder samples(int count) {
			this.samples = count;
			return this;
		}

		/**
		 * Start all clients.
		 * @return the running load
		 */
		public LoadClient start() {
			LoadClient client = new LoadClient(this);
			client.threads.forEach(Thread::start);
			return client;
		}

	}

}
