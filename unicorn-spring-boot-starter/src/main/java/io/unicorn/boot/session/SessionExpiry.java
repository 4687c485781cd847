package io.unicorn.boot.session;

import java.time.Instant;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Removes the sessions that have expired, each minute, in the leader.
 */
public final class SessionExpiry implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(SessionExpiry.class);

	private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, (task) -> {
		Thread thread = new Thread(task, "unicorn-sessions");
		thread.setDaemon(true);
		return thread;
	});

	private final SharedSessions<?> sessions;

	private final BooleanSupplier leader;

	/**
	 * Begin.
	 * @param leader whether this worker is the leader of the pool
	 */
	public SessionExpiry(SharedSessions<?> sessions, BooleanSupplier leader) {
		this.sessions = sessions;
		this.leader = leader;
		var unused = this.executor.scheduleWithFixedDelay(this::run, 1, 1, TimeUnit.MINUTES);
	}

	void run() {
		try {
			this.sessions.touch();
			if (this.leader.getAsBoolean()) {
				this.sessions.removeExpired(Instant.now());
			}
		}
		catch (RuntimeException | Error ex) {
			// A failure of the store is in the log; the next minute tries again.
			logger.debug("Expired sessions are not removed", ex);
		}
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

}
