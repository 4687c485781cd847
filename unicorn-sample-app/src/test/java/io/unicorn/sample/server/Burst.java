package io.unicorn.sample.server;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.pool.RunningPool;

/**
 * Connections that are opened at the same time.
 */
final class Burst {

	static final int CONNECTIONS = 30;

	/** Connections that last a moment are what matters. */
	private static final Duration LASTING = Duration.ofMillis(1200);

	private Burst() {
	}

	/**
	 * Open connections, use each once, and close them all after a moment.
	 * @return how many connections each worker had, by its pid
	 */
	static Map<Long, Integer> on(RunningPool pool) throws Exception {
		List<HttpConnection> connections = new ArrayList<>();
		try {
			for (int i = 0; i < CONNECTIONS; i++) {
				connections.add(pool.connect());
			}
			Map<Long, Integer> shares = new HashMap<>();
			for (HttpConnection connection : connections) {
				shares.merge(answeringPid(connection), 1, Integer::sum);
			}
			Thread.sleep(LASTING.toMillis());
			System.out.println("a burst of " + CONNECTIONS + " connections: " + shares.values());
			return shares;
		}
		finally {
			connections.forEach(HttpConnection::close);
		}
	}

	/** Return the pid of the worker that a connection leads to. */
	static long answeringPid(HttpConnection connection) throws IOException {
		return Pid.in(connection.exchange(LoadRequest.get("/whoami").onKeepAlive()));
	}

}
