package io.unicorn.worker;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Records the calls of the agent; its connections end by {@link #hangUp}.
 */
class FakeServer implements DrainableServer {

	final List<String> calls = new CopyOnWriteArrayList<>();

	final CountDownLatch stopped = new CountDownLatch(1);

	Runnable warmUp = () -> {
	};

	private final CountDownLatch noConnections = new CountDownLatch(1);

	private final int connections;

	FakeServer(int connections) {
		this.connections = connections;
		if (connections == 0) {
			this.noConnections.countDown();
		}
	}

	void hangUp() {
		this.noConnections.countDown();
	}

	@Override
	public void warmUp() {
		this.warmUp.run();
	}

	@Override
	public void startAccepting() {
		this.calls.add("start");
	}

	@Override
	public void endConnections() {
		this.calls.add("end");
	}

	@Override
	public void stopAccepting() {
		this.calls.add("stop");
		this.stopped.countDown();
	}

	@Override
	public int awaitNoConnections(Duration timeout) {
		this.calls.add("await");
		try {
			return this.noConnections.await(timeout.toMillis(), TimeUnit.MILLISECONDS) ? 0 : this.connections;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return this.connections;
		}
	}

	@Override
	public int connections() {
		return (this.noConnections.getCount() == 0) ? 0 : this.connections;
	}

}
