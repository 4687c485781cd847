package io.unicorn.sample.bench.workload;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import io.unicorn.worker.ReadinessCheck;
import io.unicorn.worker.RequestLedger;
import io.unicorn.worker.WorkerAgent;
import io.unicorn.worker.WorkerObserver;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/**
 * An application with a real master and stub workers, which are ready at once and only
 * send heartbeats. It shows the cost of supervision without the memory of 64
 * applications.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
public class StubApplication {

	/** Set by the master in each worker. */
	private static final String CONTROL = "io.unicorn.control";

	/**
	 * Become a master, or be a stub.
	 * @param args the program arguments
	 * @throws IOException if there is no master
	 * @throws InterruptedException never
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		String descriptor = System.getProperty(CONTROL);
		if (descriptor == null) {
			SpringApplication.run(StubApplication.class, args);
			return;
		}
		WorkerAgent agent = WorkerAgent.connect(Integer.parseInt(descriptor), new IgnoringObserver());
		agent.hello(Map.of(), Duration.ofSeconds(30), new RequestLedger(0, () -> {
		}));
		agent.ready(ReadinessCheck.NONE);
		new CountDownLatch(1).await();
	}

	/** Ignores all events. */
	private static final class IgnoringObserver implements WorkerObserver {

		@Override
		public void leader(boolean leader) {
			// A stub has no task for a leader.
		}

		@Override
		public void draining(Duration timeout) {
			// There is nothing to drain.
		}

		@Override
		public void masterLost(String cause) {
			// The agent ends the process.
		}

		@Override
		public void fault(String what, RuntimeException fault) {
			System.err.println(what + ": " + fault);
		}

	}

}
