package io.unicorn.boot.warmup;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to a server of this process until its code is loaded and compiled. A
 * failure is logged and the worker serves without the rest of the warm-up. Runs once, on
 * one thread; any thread may stop it.
 */
public final class WarmUp {

	private static final Log logger = LogFactory.getLog(WarmUp.class);

	/** New connections and handshakes have to become fast, too. */
	private static final int REQUESTS_PER_CONNECTION = 10;

	private final WarmUpPlan plan;

	private final OwnServer server;

	private final Set<String> refused = new HashSet<>();

	/** Whether some of the requests are to be of HTTP/2. */
	private boolean http2;

	private volatile boolean stopped;

	private volatile @Nullable WarmUpClient client;

	/** Where the server listens for the current connection. */
	private @Nullable URI address;

	/**
	 * Create a warm-up, which begins with {@link #run}.
	 */
	public WarmUp(WarmUpPlan plan, OwnServer server) {
		this.plan = plan;
		this.server = server;
	}

	/**
	 * Send the requests, one after the other, and return when they are answered, when
	 * their time is over, or when it was stopped.
	 */
	public void run() {
		if (this.plan.paths().isEmpty()) {
			return;
		}
		String obstacle = this.server.obstacle();
		if (obstacle != null) {
			logger.warn("No warm-up: " + obstacle);
			return;
		}
		long start = System.nanoTime();
		long answered = ask(start + this.plan.timeout().toNanos());
		if (!this.stopped) {
			tell(answered, Duration.ofNanos(System.nanoTime() - start));
		}
	}

	private long ask(long deadline) {
		try (WarmUpClient own = new WarmUpClient(this.server.token())) {
			this.client = own;
			return this.stopped ? 0 : ask(own, deadline);
		}
		catch (IOException | LinkageError ex) {
			// A runtime may lack the module java.net.http.
			logger.warn("No warm-up: " + ex);
			return 0;
		}
		finally {
			this.client = null;
			this.server.close();
		}
	}

	private long ask(WarmUpClient own, long deadline) {
		long answered = 0;
		this.http2 = this.server.speaksHttp2();
		int roundsPerConnection = Math.max(1, REQUESTS_PER_CONNECTION / this.plan.paths().size());
		for (int round = 0; round < this.plan.requests(); round++) {
			if (round % roundsPerConnection == 0) {
				this.address = null;
			}
			// HTTP/1.1 comes first, because its answers tell whether a path is good.
			boolean newer = round / roundsPerConnection % 2 == 1;
			for (String path : this.plan.paths()) {
				Duration left = Duration.ofNanos(deadline - System.nanoTime());
				if (this.stopped || left.isNegative()) {
					return answered;
				}
				if (!this.refused.contains(path) && isAnswered(own, path, newer && this.http2, left)) {
					answered++;
				}
			}
		}
		return answered;
	}

	private boolean isAnswered(WarmUpClient own, String path, boolean http2, Duration left) {
		try {
			HttpClient.Version version = http2 ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1;
			HttpResponse<Void> answer = own.get(URI.create(address() + path), version, left);
			int status = answer.statusCode();
			if (status < 200 || status >= 400) {
				refuse(path, "was answered with status " + status);
			}
			if (http2 && answer.version() != version) {
				doWithoutHttp2("the server answers by HTTP/1.1");
			}
			return true;
		}
		catch (TimeoutException ex) {
			refuse(path, "was not answered in the time that was left of unicorn.warm-up.timeout");
		}
		catch (IllegalArgumentException ex) {
			refuse(path, "cannot be sent: " + ex.getMessage());
		}
		catch (IOException ex) {
			if (http2) {
				doWithoutHttp2(ex.toString());
			}
			else {
				refuse(path, "failed: " + ex);
			}
		}
		this.address = null;
		return false;
	}

	private URI address() throws IOException {
		URI current = this.address;
		if (current == null) {
			current = this.server.open();
			this.address = current;
		}
		return current;
	}

	private void doWithoutHttp2(String cause) {
		this.http2 = false;
		if (!this.stopped) {
			logger.warn("The warm-up by HTTP/2 failed and goes on by HTTP/1.1: " + cause);
		}
	}

	private void refuse(String path, String why) {
		this.refused.add(path);
		if (!this.stopped) {
			logger.warn("The warm-up request GET " + path + " " + why
					+ "; it is not sent again, and this worker serves nevertheless");
		}
	}

	private void tell(long answered, Duration time) {
		long total = this.plan.total();
		boolean late = answered < total && time.compareTo(this.plan.timeout()) >= 0;
		logger.info("Warmed up with " + answered + (late ? " of " + total : "") + " requests in "
				+ TimeUnit.NANOSECONDS.toMillis(time.toNanos()) + " ms"
				+ (late ? ", there was no time for more (unicorn.warm-up.timeout)" : ""));
	}

	/**
	 * Return from {@link #run} at once, or do not begin.
	 */
	public void stop() {
		this.stopped = true;
		WarmUpClient current = this.client;
		if (current != null) {
			current.close();
		}
	}

}
