package io.unicorn.sample.bench.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import io.unicorn.sample.testsupport.http.Dialer;
import io.unicorn.sample.testsupport.http.ExchangeException;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.load.LatencyHistogram;
import io.unicorn.sample.testsupport.load.LoadRequest;
import org.jspecify.annotations.Nullable;

/**
 * Sends a fixed number of requests per second on kept-alive connections. A latency begins
 * when the request was due, so that requests delayed by a stalled server include the
 * whole stall.
 */
public final class PacedLoad {

	private static final int CLIENTS = 16;

	private final Dialer dialer;

	private final byte[] request;

	private final long intervalNanos;

	public PacedLoad(int port, String path, int perSecond) {
		this.dialer = Dialer.to(port).waiting(Duration.ofSeconds(20));
		this.request = LoadRequest.get(path).onKeepAlive();
		this.intervalNanos = 1_000_000_000L * CLIENTS / perSecond;
	}

	public LoadFigures run(Duration time) throws InterruptedException {
		long start = System.nanoTime();
		List<Client> clients = new ArrayList<>();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < CLIENTS; i++) {
			Client client = new Client(start + this.intervalNanos * i / CLIENTS, start + time.toNanos());
			Thread thread = new Thread(client, "paced client " + i);
			thread.setDaemon(true);
			clients.add(client);
			threads.add(thread);
		}
		threads.forEach(Thread::start);
		for (Thread thread : threads) {
			thread.join();
		}
		LatencyHistogram latencies = new LatencyHistogram();
		clients.forEach((client) -> latencies.add(client.latencies));
		long errors = clients.stream().mapToLong((client) -> client.errors).sum();
		double seconds = (System.nanoTime() - start) / 1e9;
		return new LoadFigures(latencies.total() / seconds, millis(latencies, 0.5), millis(latencies, 0.99),
				millis(latencies, 0.999), latencies.total(), errors);
	}

	private static double millis(LatencyHistogram latencies, double share) {
		return latencies.quantile(share).toNanos() / 1e6;
	}

	private final class Client implements Runnable {

		private final LatencyHistogram latencies = new LatencyHistogram();

		private final long end;

		private long due;

		private long errors;

		private @Nullable HttpConnection connection;

		Client(long first, long end) {
			this.due = first;
			this.end = end;
		}

		@Override
		public void run() {
			while (this.due < this.end) {
				for (long left = this.due - System.nanoTime(); left > 0; left = this.due - System.nanoTime()) {
					LockSupport.parkNanos(left);
				}
				exchange();
				this.due += PacedLoad.this.intervalNanos;
			}
			hangUp();
		}

		private void exchange() {
			try {
				HttpConnection current = (this.connection != null) ? this.connection : PacedLoad.this.dialer.dial();
				this.connection = current;
				var response = current.exchange(PacedLoad.this.request);
				if (response.status() == 200) {
					this.latencies.record(System.nanoTime() - this.due);
				}
				else {
					this.errors++;
				}
				if (response.isLast()) {
					hangUp();
				}
			}
			catch (ExchangeException ex) {
				this.errors++;
				hangUp();
			}
		}

		private void hangUp() {
			HttpConnection current = this.connection;
			this.connection = null;
			if (current != null) {
				current.close();
			}
		}

	}

}
