package io.unicorn.sample.bench.load;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

import io.unicorn.sample.testsupport.http.Dialer;
import io.unicorn.sample.testsupport.http.ExchangeException;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.http.Response;
import io.unicorn.sample.testsupport.load.LatencyHistogram;

/**
 * Sends requests of many sessions on a few kept-alive connections. Those of one session
 * are on one connection, so that it is always in the worker that has made it. Each answer
 * is the number of requests of its session so far; another one is an error.
 */
public final class SessionLoad implements AutoCloseable {

	private static final int CLIENTS = 8;

	private final List<Client> clients = new ArrayList<>();

	/**
	 * Make the sessions.
	 * @param sessions how many
	 */
	public SessionLoad(int port, int sessions) throws ExchangeException {
		for (int i = 0; i < CLIENTS; i++) {
			this.clients.add(new Client(Dialer.to(port).waiting(Duration.ofSeconds(20)).dial(), sessions / CLIENTS));
		}
		for (int i = 0; i < sessions / CLIENTS; i++) {
			for (Client client : this.clients) {
				client.begin(i);
			}
		}
	}

	/**
	 * Send requests of random sessions, which begin when they are due. A latency begins
	 * when the request was due.
	 */
	public LoadFigures run(Duration time, int perSecond) throws InterruptedException {
		long start = System.nanoTime();
		long interval = 1_000_000_000L * CLIENTS / perSecond;
		List<Thread> threads = new ArrayList<>();
		for (Client client : this.clients) {
			client.latencies = new LatencyHistogram();
			long first = start + interval * threads.size() / CLIENTS;
			Thread thread = new Thread(() -> client.run(first, start + time.toNanos(), interval), "client of sessions");
			thread.setDaemon(true);
			threads.add(thread);
		}
		threads.forEach(Thread::start);
		for (Thread thread : threads) {
			thread.join();
		}
		LatencyHistogram all = new LatencyHistogram();
		this.clients.forEach((client) -> all.add(client.latencies));
		long errors = this.clients.stream().mapToLong((client) -> client.errors).sum();
		return new LoadFigures(all.total() / ((System.nanoTime() - start) / 1e9), all.quantile(0.5).toNanos() / 1e6,
				all.quantile(0.99).toNanos() / 1e6, all.quantile(0.999).toNanos() / 1e6, all.total(), errors);
	}

	@Override
	public void close() {
		this.clients.forEach((client) -> client.connection.close());
	}

	private static final class Client {

		private final HttpConnection connection;

		private final String[] cookies;

		private final int[] counts;

		private LatencyHistogram latencies = new LatencyHistogram();

		private long errors;

		Client(HttpConnection connection, int sessions) {
			this.connection = connection;
			this.cookies = new String[sessions];
			this.counts = new int[sessions];
		}

		private Response exchange(String cookie) throws ExchangeException {
			return this.connection.exchange(("GET /session HTTP/1.1\r\nHost: localhost\r\n" + cookie + "\r\n")
				.getBytes(StandardCharsets.US_ASCII));
		}

		void begin(int session) throws ExchangeException {
			String set = Objects.requireNonNull(exchange("").header("set-cookie"));
			this.cookies[session] = "Cookie: " + set.split(";", -1)[0] + "\r\n";
			this.counts[session] = 1;
		}

		void run(long first, long end, long interval) {
			for (long due = first; due < end; due += interval) {
				for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
					LockSupport.parkNanos(left);
				}
				int session = ThreadLocalRandom.current().nextInt(this.cookies.length);
				try {
					Response response = exchange(this.cookies[session]);
					this.latencies.record(System.nanoTime() - due);
					if (response.status() != 200 || !response.text().equals(Integer.toString(++this.counts[session]))) {
						this.errors++;
					}
				}
				catch (ExchangeException ex) {
					this.errors++;
				}
			}
		}

	}

}
