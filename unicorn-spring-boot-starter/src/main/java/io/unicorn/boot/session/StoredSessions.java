package io.unicorn.boot.session;

import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;

import org.springframework.core.convert.support.GenericConversionService;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.IndexResolver;
import org.springframework.session.MapSession;
import org.springframework.session.PrincipalNameIndexResolver;
import org.springframework.session.Session;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Makes Spring Session's JDBC repositories with queries for SQLite that are right when
 * requests of one session run in parallel. Attributes are bytes.
 */
final class StoredSessions {

	private static final String COLUMNS = "SELECT S.PRIMARY_ID, S.SESSION_ID, S.CREATION_TIME, S.LAST_ACCESS_TIME, "
			+ "S.MAX_INACTIVE_INTERVAL, SA.ATTRIBUTE_NAME, SA.ATTRIBUTE_BYTES FROM %TABLE_NAME% S "
			+ "LEFT JOIN %TABLE_NAME%_ATTRIBUTES SA ON S.PRIMARY_ID = SA.SESSION_PRIMARY_ID ";

	/**
	 * Spring Session would delete a session that expires just after it was read, and tell
	 * no listener.
	 */
	private static final String NOT_EXPIRED = " AND S.EXPIRY_TIME > CAST(unixepoch('subsec') * 1000 AS INTEGER) + 50";

	/**
	 * The session may be deleted meanwhile, and the attribute may be there or not: other
	 * requests have written it since this one has read it.
	 */
	private static final String ATTRIBUTE = "INSERT INTO %TABLE_NAME%_ATTRIBUTES "
			+ "(SESSION_PRIMARY_ID, ATTRIBUTE_NAME, ATTRIBUTE_BYTES) SELECT PRIMARY_ID, {name}, {bytes} "
			+ "FROM %TABLE_NAME% WHERE PRIMARY_ID = {session} ON CONFLICT (SESSION_PRIMARY_ID, ATTRIBUTE_NAME) "
			+ "DO UPDATE SET ATTRIBUTE_BYTES = EXCLUDED.ATTRIBUTE_BYTES";

	private static final String CREATE_ATTRIBUTE = ATTRIBUTE.replace("{session}", "?1")
		.replace("{name}", "?2")
		.replace("{bytes}", "?3");

	private static final String UPDATE_ATTRIBUTE = ATTRIBUTE.replace("{bytes}", "?1")
		.replace("{session}", "?2")
		.replace("{name}", "?3");

	/**
	 * The id and the time for which a session may be unused, ?1 and ?3, are not written:
	 * a request that has read the session before another one changed them must not undo
	 * that. For the same reason a later access and the name of a user stay.
	 */
	private static final String UPDATE = "UPDATE %TABLE_NAME% SET LAST_ACCESS_TIME = MAX(LAST_ACCESS_TIME, ?2), "
			+ "EXPIRY_TIME = CASE WHEN LAST_ACCESS_TIME > ?2 THEN EXPIRY_TIME WHEN MAX_INACTIVE_INTERVAL < 0 "
			+ "THEN 9223372036854775807 ELSE ?2 + MAX_INACTIVE_INTERVAL * 1000 END, "
			+ "PRINCIPAL_NAME = COALESCE(?5, PRINCIPAL_NAME) WHERE PRIMARY_ID = ?6";

	/** Sessions that have expired are read a hundred at a time. */
	private static final String EXPIRED = "WHERE S.PRIMARY_ID IN (SELECT PRIMARY_ID FROM %TABLE_NAME% "
			+ "WHERE EXPIRY_TIME < CAST(? AS INTEGER) LIMIT 100) ORDER BY S.PRIMARY_ID";

	/** One more attribute: the key of the session. */
	private static final String WITH_KEY = " UNION ALL SELECT S.PRIMARY_ID, S.SESSION_ID, S.CREATION_TIME, "
			+ "S.LAST_ACCESS_TIME, S.MAX_INACTIVE_INTERVAL, '" + SharedSession.KEY
			+ "', CAST(S.PRIMARY_ID AS BLOB) FROM %TABLE_NAME% S WHERE S.SESSION_ID = ?1";

	static final String RENAME = "UPDATE SPRING_SESSION SET SESSION_ID = ? WHERE ";

	static final String INTERVAL = "UPDATE SPRING_SESSION SET MAX_INACTIVE_INTERVAL = ?1, EXPIRY_TIME = CASE "
			+ "WHEN ?1 < 0 THEN 9223372036854775807 ELSE LAST_ACCESS_TIME + ?1 * 1000 END WHERE SESSION_ID = ?2";

	static final String DELETE = "DELETE FROM SPRING_SESSION WHERE SESSION_ID = ?";

	static final String DELETE_EXPIRED = DELETE + " AND EXPIRY_TIME < ?";

	private StoredSessions() {
	}

	/**
	 * Create the repository of the sessions that have not expired.
	 */
	static JdbcIndexedSessionRepository living(JdbcOperations jdbc, TransactionOperations transactions,
			AttributeCodec codec) {
		return create(jdbc, transactions, codec, (repository) -> {
			repository.setGetSessionQuery(COLUMNS + "WHERE S.SESSION_ID = ?1" + NOT_EXPIRED + WITH_KEY + NOT_EXPIRED);
			repository.setListSessionsByPrincipalNameQuery(
					COLUMNS + "WHERE S.PRINCIPAL_NAME = ?" + NOT_EXPIRED + " ORDER BY S.PRIMARY_ID");
		});
	}

	/**
	 * Create a repository that finds, in place of the sessions of a user, some of those
	 * that have expired before a time in milliseconds.
	 */
	static JdbcIndexedSessionRepository expired(JdbcOperations jdbc, TransactionOperations transactions,
			AttributeCodec codec) {
		return create(jdbc, transactions, codec,
				(repository) -> repository.setListSessionsByPrincipalNameQuery(COLUMNS + EXPIRED));
	}

	private static JdbcIndexedSessionRepository create(JdbcOperations jdbc, TransactionOperations transactions,
			AttributeCodec codec, Consumer<JdbcIndexedSessionRepository> queries) {
		JdbcIndexedSessionRepository repository = new JdbcIndexedSessionRepository(jdbc, transactions);
		GenericConversionService bytes = new GenericConversionService();
		bytes.addConverter(Object.class, byte[].class, (value) -> (byte[]) value);
		repository.setConversionService(bytes);
		repository.setIndexResolver(new DecodingResolver(codec));
		repository.setCreateSessionAttributeQuery(CREATE_ATTRIBUTE);
		repository.setUpdateSessionAttributeQuery(UPDATE_ATTRIBUTE);
		repository.setUpdateSessionQuery(UPDATE);
		repository.setCleanupCron(Scheduled.CRON_DISABLED);
		queries.accept(repository);
		repository.afterPropertiesSet();
		return repository;
	}

	/** Finds the name of the user in attributes that are bytes. */
	private static final class DecodingResolver implements IndexResolver<Session> {

		private final PrincipalNameIndexResolver<Session> resolver = new PrincipalNameIndexResolver<>();

		private final AttributeCodec codec;

		private DecodingResolver(AttributeCodec codec) {
			this.codec = codec;
		}

		@Override
		public Map<String, String> resolveIndexesFor(Session session) {
			MapSession decoded = new MapSession();
			copy(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME, session, decoded);
			copy("SPRING_SECURITY_CONTEXT", session, decoded);
			return this.resolver.resolveIndexesFor(decoded);
		}

		private void copy(String name, Session from, Session to) {
			byte[] bytes = from.getAttribute(name);
			if (bytes != null) {
				try {
					to.setAttribute(name, this.codec.decode(bytes));
				}
				catch (IOException ex) {
					// Reported when the session is read.
				}
			}
		}

	}

}
