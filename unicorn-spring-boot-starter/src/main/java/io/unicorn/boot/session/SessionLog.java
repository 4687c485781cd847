package io.unicorn.boot.session;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.session.events.AbstractSessionEvent;

/**
 * Tells the operator what is wrong with sessions: each kind of attribute once, and
 * failures of the store every ten seconds at most. Thread-safe.
 */
final class SessionLog {

	private static final Log logger = LogFactory.getLog(SharedSessions.class);

	private static final long QUIET_NANOS = Duration.ofSeconds(10).toNanos();

	/** Names of attributes may be made of anything. */
	private static final int MOST_KINDS = 1000;

	private final Set<String> told = ConcurrentHashMap.newKeySet();

	private final AtomicLong last = new AtomicLong(System.nanoTime() - QUIET_NANOS);

	private final AtomicLong untold = new AtomicLong();

	void leftOut(String name, Object value, String reason) {
		String type = value.getClass().getName();
		if (isNew(name + " " + type)) {
			logger.warn("The attribute '" + name + "' of an HTTP session, of " + type
					+ ", is left out of the session, because it cannot be serialized: " + reason
					+ ". Other requests do not find it");
		}
	}

	void unreadable(String name, String reason) {
		if (isNew(name + " " + reason)) {
			logger.warn("The attribute '" + name + "' of an HTTP session cannot be read: " + reason
					+ ". This session, and others with such an attribute, start afresh");
		}
	}

	/** An attribute of a session that ends. */
	void ignored(String name, String reason) {
		logger.debug("The attribute '" + name + "' of an HTTP session cannot be read: " + reason);
	}

	void failedListener(AbstractSessionEvent event, RuntimeException ex) {
		logger.warn("A listener has failed at " + event.getClass().getSimpleName(), ex);
	}

	/**
	 * Report a failure of the store.
	 * @param what what is not done, as a clause
	 */
	void failure(String what, SqliteStore store, Throwable failure) {
		long before = this.last.get();
		long now = System.nanoTime();
		if (now - before < QUIET_NANOS || !this.last.compareAndSet(before, now)) {
			this.untold.incrementAndGet();
			return;
		}
		long more = this.untold.getAndSet(0);
		logger.error(what + ", because the file of the HTTP sessions, " + store + ", fails: "
				+ NestedExceptionUtils.getMostSpecificCause(failure).getMessage()
				+ ((more > 0) ? " (" + more + " more failures since the last line)" : ""));
	}

	private boolean isNew(String kind) {
		if (this.told.size() >= MOST_KINDS) {
			this.told.clear();
		}
		return this.told.add(kind);
	}

}
