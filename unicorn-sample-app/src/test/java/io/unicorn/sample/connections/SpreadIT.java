package io.unicorn.sample.connections;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.unicorn.sample.testsupport.Alone;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that connections opened at the same time are spread over the workers.
 */
@Alone
@OneJdk
class SpreadIT {

	private static final int WORKERS = 3;

	private static final int CONNECTIONS = 30;

	private static final int BURSTS = 7;

	private static final Duration LASTING = Duration.ofMillis(1200);

	private static final Pattern PID = Pattern.compile("\"pid\":(\\d+)");

	@RegisterExtension
	final Pools pools = new Pools();

	@Test
	void everyWorkerGetsItsShareOfABurstAndAStoppedWorkerDelaysNone() throws Exception {
		RunningPool pool = this.pools
			.start(RunningPool.builder().bootingFast().args("--unicorn.workers=" + WORKERS, "--unicorn.timeout=10m"));
		pool.awaitReady(WORKERS);

		List<Integer> smallest = new ArrayList<>();
		for (int i = 0; i < BURSTS; i++) {
			Map<Long, Integer> shares = burst(pool.port());
			System.out.println("a burst of " + CONNECTIONS + " connections: " + shares.values());
			smallest.add((shares.size() < WORKERS) ? 0 : shares.values().stream().min(Integer::compare).orElseThrow());
		}
		smallest.sort(null);
		assertThat(smallest.get(BURSTS / 2)).as("median of the smallest share in each burst")
			.isGreaterThanOrEqualTo(CONNECTIONS / WORKERS / 2);

		long stopped = WorkerView.ready(pool.pool()).get(0).pid();
		pool.signal(stopped, "STOP");
		try {
			assertThat(burst(pool.port())).doesNotContainKey(stopped).hasSize(WORKERS - 1);
		}
		finally {
			pool.signal(stopped, "CONT");
		}
		assertThat(pool.stop()).isZero();
	}

	/** Return how many connections each worker has, by its pid. */
	private static Map<Long, Integer> burst(int port) throws Exception {
		List<Socket> sockets = new ArrayList<>();
		try {
			for (int i = 0; i < CONNECTIONS; i++) {
				sockets.add(new Socket("localhost", port));
			}
			Map<Long, Integer> shares = new HashMap<>();
			for (Socket socket : sockets) {
				socket.getOutputStream()
					.write("GET /whoami HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
				shares.merge(answeredBy(socket), 1, Integer::sum);
			}
			// Those that last a moment are what matters.
			Thread.sleep(LASTING.toMillis());
			return shares;
		}
		finally {
			for (Socket socket : sockets) {
				socket.close();
			}
		}
	}

	private static long answeredBy(Socket socket) throws IOException {
		socket.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
		InputStream in = socket.getInputStream();
		StringBuilder answer = new StringBuilder();
		Matcher matcher = PID.matcher(answer);
		while (!(matcher.reset().find() && answer.indexOf("}") > 0)) {
			int next = in.read();
			if (next < 0) {
				throw new EOFException("no answer but " + answer);
			}
			answer.append((char) next);
		}
		return Long.parseLong(matcher.group(1));
	}

}
