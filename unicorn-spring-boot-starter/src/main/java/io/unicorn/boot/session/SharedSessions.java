package io.unicorn.boot.session;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.NestedRuntimeException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.PrincipalNameIndexResolver;
import org.springframework.session.Session;
import org.springframework.session.events.AbstractSessionEvent;
import org.springframework.session.events.SessionCreatedEvent;
import org.springframework.session.events.SessionDeletedEvent;
import org.springframework.session.events.SessionExpiredEvent;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The HTTP sessions of the pool, which every worker reads from the store and writes back.
 * Thread-safe.
 *
 * @param <S> the stored session
 */
public final class SharedSessions<S extends Session>
		implements FindByIndexNameSessionRepository<SharedSession<S>>, SharedSession.Changes, AutoCloseable {

	private final SqliteStore store;

	private final JdbcOperations jdbc;

	private final TransactionOperations transactions;

	private final FindByIndexNameSessionRepository<S> living;

	private final FindByIndexNameSessionRepository<S> expired;

	private final AttributeCodec codec;

	private final Supplier<Duration> timeout;

	private final ApplicationEventPublisher events;

	private final SessionLog log = new SessionLog();

	private SharedSessions(SqliteStore store, JdbcOperations jdbc, TransactionOperations transactions,
			FindByIndexNameSessionRepository<S> living, FindByIndexNameSessionRepository<S> expired,
			AttributeCodec codec, Supplier<Duration> timeout, ApplicationEventPublisher events) {
		this.store = store;
		this.jdbc = jdbc;
		this.transactions = transactions;
		this.living = living;
		this.expired = expired;
		this.codec = codec;
		this.timeout = timeout;
		this.events = events;
	}

	/**
	 * Open the store, and make it if there is none.
	 * @param directory where it is; created with mode 0700
	 * @param classLoader loads the classes of attributes
	 * @param timeout after which time without a request a new session expires; negative
	 * for never
	 * @param events is told of sessions that were created, were deleted and have expired
	 * @throws IOException if the file cannot be opened
	 * @throws SQLException if SQLite refuses it
	 */
	public static SharedSessions<?> open(Path directory, ClassLoader classLoader, Supplier<Duration> timeout,
			ApplicationEventPublisher events) throws IOException, SQLException {
		SqliteStore store = SqliteStore.open(directory);
		JdbcTemplate jdbc = new JdbcTemplate(store.connections());
		DataSourceTransactionManager manager = new DataSourceTransactionManager(store.connections());
		// The application's transaction on the same thread is another one.
		manager.setTransactionSynchronization(DataSourceTransactionManager.SYNCHRONIZATION_NEVER);
		TransactionTemplate transactions = new TransactionTemplate(manager);
		AttributeCodec codec = new AttributeCodec(classLoader);
		return new SharedSessions<>(store, jdbc, transactions, StoredSessions.living(jdbc, transactions, codec),
				StoredSessions.expired(jdbc, transactions, codec), codec, timeout, events);
	}

	@Override
	public SharedSession<S> createSession() {
		S stored = this.living.createSession();
		stored.setMaxInactiveInterval(this.timeout.get());
		SharedSession<S> session = shared(stored);
		publish(new SessionCreatedEvent(this, session));
		return session;
	}

	private SharedSession<S> shared(S stored) {
		return new SharedSession<>(stored, this.codec, this);
	}

	@Override
	public void renamed(@Nullable String key, String before, String now) {
		update("An id is not changed", StoredSessions.RENAME + ((key != null) ? "PRIMARY_ID = ?" : "SESSION_ID = ?"),
				now, (key != null) ? key : before);
	}

	@Override
	public void expiresAfter(String id, Duration time) {
		update("A time-out is not changed", StoredSessions.INTERVAL, time.toSeconds(), id);
	}

	/** In a transaction of its own, also where the application has one. */
	private int update(String failing, String statement, Object... arguments) {
		return perform(failing, () -> this.transactions.execute((status) -> this.jdbc.update(statement, arguments)));
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * If only the time of the last access is not written, the request goes on.
	 */
	@Override
	public void save(SharedSession<S> session) {
		// The thread that writes the body of a response may save it as well.
		synchronized (session) {
			boolean changed = session.flush(this.log::leftOut);
			try {
				perform("A session is not written", () -> {
					this.living.save(session.stored());
					return true;
				});
			}
			catch (NestedRuntimeException ex) {
				if (changed) {
					throw ex;
				}
			}
		}
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * A session with an attribute that cannot be read any more is removed.
	 */
	@Override
	public @Nullable SharedSession<S> findById(String id) {
		S stored = perform("A session is not read", () -> this.living.findById(id));
		if (stored == null) {
			return null;
		}
		SharedSession<S> session = shared(stored);
		if (session.load(this.log::unreadable)) {
			keep(session);
			return session;
		}
		delete(id);
		return null;
	}

	/** A session whose time is half over must not expire while a long request uses it. */
	private void keep(SharedSession<S> session) {
		Duration time = session.getMaxInactiveInterval();
		Instant now = Instant.now();
		if (!time.isNegative() && session.getLastAccessedTime().plus(time.dividedBy(2)).isBefore(now)) {
			session.setLastAccessedTime(now);
			save(session);
		}
	}

	@Override
	public void deleteById(String id) {
		S stored = perform("A session is not read", () -> this.living.findById(id));
		if (delete(id) && stored != null) {
			SharedSession<S> session = shared(stored);
			session.load(this.log::ignored);
			publish(new SessionDeletedEvent(this, session));
		}
	}

	private boolean delete(String id) {
		return update("A session is not deleted", StoredSessions.DELETE, id) == 1;
	}

	@Override
	public Map<String, SharedSession<S>> findByIndexNameAndIndexValue(String index, String value) {
		Map<String, S> found = perform("Sessions are not read",
				() -> this.living.findByIndexNameAndIndexValue(index, value));
		PrincipalNameIndexResolver<Session> principal = new PrincipalNameIndexResolver<>();
		Map<String, SharedSession<S>> sessions = new LinkedHashMap<>();
		found.forEach((id, stored) -> {
			SharedSession<S> session = shared(stored);
			// The store keeps the name of a user who has logged out.
			if (session.load(this.log::ignored) && value.equals(principal.resolveIndexesFor(session).get(index))) {
				sessions.put(id, session);
			}
		});
		return sessions;
	}

	/**
	 * Remove the sessions that have expired, and publish that. To be called by one worker
	 * of the pool.
	 * @param now the time
	 */
	void removeExpired(Instant now) {
		String time = Long.toString(now.toEpochMilli());
		Map<String, S> found;
		do {
			found = perform("Expired sessions are not removed",
					() -> this.expired.findByIndexNameAndIndexValue(PRINCIPAL_NAME_INDEX_NAME, time));
			found.forEach((id, stored) -> removeExpired(id, stored, now));
		}
		while (!found.isEmpty());
	}

	/** Mark the store as used, so that it is not removed. */
	void touch() {
		this.store.touch();
	}

	private void removeExpired(String id, S stored, Instant now) {
		if (update("Expired sessions are not removed", StoredSessions.DELETE_EXPIRED, id, now.toEpochMilli()) == 1) {
			SharedSession<S> session = shared(stored);
			session.load(this.log::ignored);
			publish(new SessionExpiredEvent(this, session));
		}
	}

	/** As in a server, what a listener throws does not end the request. */
	private void publish(AbstractSessionEvent event) {
		try {
			this.events.publishEvent(event);
		}
		catch (RuntimeException ex) {
			this.log.failedListener(event, ex);
		}
	}

	private <T> T perform(String failing, Supplier<T> operation) {
		this.store.look();
		try {
			return operation.get();
		}
		catch (NestedRuntimeException ex) {
			if (this.store.heal(ex)) {
				return operation.get();
			}
			this.log.failure(failing, this.store, ex);
			throw ex;
		}
	}

	@Override
	public void close() {
		this.store.close();
	}

}
