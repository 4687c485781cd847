package io.unicorn.boot.session;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.SmartDataSource;

/**
 * A few connections to an SQLite file. Spring's JDBC classes ask it whether to close a
 * connection when they are done; then it is kept for the next user. A library for pools
 * of connections is none of the starter's dependencies, because Spring Boot would use it
 * for the application's database. Thread-safe.
 */
final class SqliteConnections extends AbstractDataSource implements SmartDataSource {

	/** SQLite has one writer at a time, and a read takes some microseconds. */
	private static final int MOST = 4;

	private static final int BUSY_MILLIS = 5000;

	private static final int JOURNAL_BYTES = 16 << 20;

	private final SQLiteDataSource source;

	/** Those to the file as it is now, not to one that was removed. */
	private final Set<Connection> current = ConcurrentHashMap.newKeySet();

	private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();

	private final Semaphore permits = new Semaphore(MOST);

	SqliteConnections(Path file) {
		SQLiteConfig config = new SQLiteConfig();
		config.setBusyTimeout(BUSY_MILLIS);
		config.setJournalMode(SQLiteConfig.JournalMode.WAL);
		config.setJournalSizeLimit(JOURNAL_BYTES);
		// What is committed survives the end of any process; a power failure may undo the
		// last commits.
		config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
		config.enforceForeignKeys(true);
		this.source = new SQLiteDataSource(config);
		this.source.setUrl("jdbc:sqlite:" + file);
	}

	@Override
	public Connection getConnection() throws SQLException {
		acquire();
		try {
			Connection connection = this.idle.pollFirst();
			if (connection == null) {
				connection = this.source.getConnection();
				this.current.add(connection);
			}
			return connection;
		}
		catch (SQLException | RuntimeException | Error ex) {
			this.permits.release();
			throw ex;
		}
	}

	/**
	 * While a worker that was stopped holds the file, requests fail instead of piling up.
	 */
	private void acquire() throws SQLException {
		try {
			if (!this.permits.tryAcquire(BUSY_MILLIS, TimeUnit.MILLISECONDS)) {
				throw new SQLTransientConnectionException("all connections are in use");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new SQLTransientConnectionException("interrupted", ex);
		}
	}

	@Override
	public Connection getConnection(String username, String password) throws SQLException {
		return getConnection();
	}

	@Override
	public boolean shouldClose(Connection connection) {
		boolean keep = this.current.contains(connection);
		if (keep) {
			this.idle.addFirst(connection);
		}
		this.permits.release();
		return !keep;
	}

	/** Close what is idle; what is in use is closed when it is not any more. */
	void discard() {
		this.current.clear();
		Connection connection = this.idle.pollFirst();
		while (connection != null) {
			try {
				connection.close();
			}
			catch (SQLException ex) {
				logger.debug("A connection to the sessions is not closed", ex);
			}
			connection = this.idle.pollFirst();
		}
	}

}
