package io.unicorn.sample.bench;

import java.io.IOException;
import java.time.Duration;

import io.unicorn.sample.testsupport.FreePort;
import io.unicorn.sample.testsupport.http.Dialer;
import io.unicorn.sample.testsupport.http.ExchangeException;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.pool.RunningPool;

/**
 * A running application that has answered once, as a pool or as one process.
 *
 * @param process the process that was started
 * @param port where it listens
 * @param firstAnswer the time from its start to its first answer with status 200
 */
public record App(RunningPool process, int port, Duration firstAnswer) {

	private static final LoadRequest FIRST = LoadRequest.get("/whoami");

	private static final long GLANCE_MILLIS = 2;

	private static final Duration PATIENCE = Duration.ofSeconds(90);

	/**
	 * Start an application on a free port and wait for its first answer.
	 * @param builder describes it
	 * @param started is told of the process as soon as there is one
	 */
	static App start(PoolBuilder builder, Started started) throws IOException, InterruptedException {
		return start(builder, FreePort.choose(), started);
	}

	/**
	 * Start an application and wait for its first answer.
	 * @param builder describes it
	 * @param port where it is to listen
	 * @param started is told of the process as soon as there is one
	 */
	static App start(PoolBuilder builder, int port, Started started) throws IOException, InterruptedException {
		builder.args("--server.port=" + port);
		long start = System.nanoTime();
		RunningPool process = builder.start();
		started.process(process);
		Dialer dialer = Dialer.to(port).waiting(PATIENCE);
		while (!answers(dialer)) {
			if (!process.isAlive() || System.nanoTime() - start > PATIENCE.toNanos()) {
				throw new IOException("There is no answer: " + end(process.output()));
			}
			Thread.sleep(GLANCE_MILLIS);
		}
		return new App(process, port, Duration.ofNanos(System.nanoTime() - start));
	}

	private static boolean answers(Dialer dialer) {
		try (HttpConnection connection = dialer.dial()) {
			return connection.exchange(FIRST.onOwnConnection()).status() == 200;
		}
		catch (ExchangeException ex) {
			return false;
		}
	}

	private static String end(String output) {
		return output.substring(Math.max(0, output.length() - 2000));
	}

	/** Wait until all workers of a pool are ready. */
	public App complete() {
		this.process.awaitOutput("pool is complete", PATIENCE);
		return this;
	}

	String url(String path) {
		return "http://127.0.0.1:" + this.port + path;
	}

	interface Started {

		void process(RunningPool process);

	}

}
