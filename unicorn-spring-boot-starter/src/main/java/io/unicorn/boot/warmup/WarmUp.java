package io.unicorn.boot.warmup;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Asks a server of this process for pages until its code is loaded and compiled. Whatever
 * happens is told and harms nobody: a worker that is cold is slow, and no more. Runs
 * once, on one thread, and is stopped by any.
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

	private volatile @Nullable Conversation conversation;

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
		long answered = 0;
		this.http2 = this.server.speaksHttp2();
		int roundsPerConnection = Math.max(1, REQUESTS_PER_CONNECTION / this.plan.paths().size());
		try {
			for (int round = 0; round < this.plan.requests(); round++) {
				// HTTP/1.1 comes first, because its answers tell whether a path is good.
				boolean newer = this.http2 && round / roundsPerConnection % 2 == 1;
				for (String path : this.plan.paths()) {
					if (this.stopped || System.nanoTime() - deadline >= 0) {
						return answered;
					}
					if (!this.refused.contains(path) && isAnswered(path, newer, deadline)) {
						answered++;
					}
				}
			}
			return answered;
		}
		finally {
			hangUp();
		}
	}

	private boolean isAnswered(String path, boolean http2, long deadline) {
		try {
			int status = conversation(http2, deadline).get(path);
			if (status != Conversation.UNKNOWN && (status < 200 || status >= 400)) {
				refuse(path, "was answered with status " + status);
			}
			return true;
		}
		catch (SocketTimeoutException ex) {
			refuse(path, "was not answered in the time that was left of unicorn.warm-up.timeout");
		}
		catch (IOException ex) {
			if (http2) {
				doWithoutHttp2(ex);
			}
			else {
				refuse(path, "failed: " + ex);
			}
		}
		hangUp();
		return false;
	}

	private Conversation conversation(boolean http2, long deadline) throws IOException {
		Conversation current = this.conversation;
		if (current != null && !current.isOver() && current.requests() < REQUESTS_PER_CONNECTION
				&& current instanceof Http2Conversation == http2) {
			return current;
		}
		hangUp();
		Socket socket = this.server.connect(http2);
		Conversation next = http2 ? new Http2Conversation(socket, this.server.isEncrypted(), deadline)
				: new Http1Conversation(socket, deadline);
		this.conversation = next;
		if (this.stopped) {
			next.close();
		}
		return next;
	}

	private void doWithoutHttp2(IOException cause) {
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
		hangUp();
	}

	private void hangUp() {
		Conversation last = this.conversation;
		if (last != null) {
			last.close();
		}
	}

}
