package io.unicorn.boot.tomcat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.unicorn.worker.DaemonThread;
import jakarta.servlet.ServletException;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.jspecify.annotations.Nullable;

/**
 * Tells {@link SlowRequests} of every request while a thread serves it. A request that is
 * handled asynchronously has none after that.
 */
final class SlowRequestValve extends ValveBase {

	private static final Duration MOST_OFTEN = Duration.ofMillis(100);

	private static final Duration LEAST_OFTEN = Duration.ofSeconds(1);

	private final SlowRequests requests;

	private final Duration interval;

	private @Nullable ScheduledExecutorService timer;

	/**
	 * Create a valve.
	 * @param limit the age from which on a request is slow
	 */
	SlowRequestValve(Duration limit) {
		super(true);
		this.requests = new SlowRequests(limit);
		Duration half = limit.dividedBy(2);
		Duration most = (half.compareTo(LEAST_OFTEN) < 0) ? half : LEAST_OFTEN;
		this.interval = (most.compareTo(MOST_OFTEN) > 0) ? most : MOST_OFTEN;
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		SlowRequests.Running running = this.requests.begin(request.getMethod(), request.getRequestURI());
		try {
			getNext().invoke(request, response);
		}
		finally {
			this.requests.end(running);
		}
	}

	@Override
	protected void startInternal() throws LifecycleException {
		super.startInternal();
		ScheduledExecutorService started = Executors
			.newSingleThreadScheduledExecutor(DaemonThread.factory("unicorn-slow-request"));
		this.timer = started;
		var unused = started.scheduleWithFixedDelay(() -> this.requests.check(System.nanoTime()),
				this.interval.toNanos(), this.interval.toNanos(), TimeUnit.NANOSECONDS);
	}

	@Override
	protected void stopInternal() throws LifecycleException {
		ScheduledExecutorService started = this.timer;
		if (started != null) {
			started.shutdownNow();
		}
		super.stopInternal();
	}

}
