package io.unicorn.boot.session;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

import javax.sql.DataSource;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.init.ScriptUtils;

/**
 * The file with the sessions, which all workers of the pool have open. It is made again
 * when it is gone or damaged. Thread-safe.
 */
final class SqliteStore implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(SqliteStore.class);

	static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY = PosixFilePermissions
		.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

	static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE = PosixFilePermissions
		.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

	private static final Set<StandardOpenOption> WRITE = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);

	private static final String FILE = "sessions.db";

	/** The write-ahead log and its index, which SQLite keeps beside the file. */
	private static final String LOG = "-wal";

	private static final String INDEX = "-shm";

	private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

	private final Path directory;

	private final Path file;

	private final SqliteConnections connections;

	private volatile Identity identity;

	private volatile long looked;

	private boolean lost;

	/** Which files are open: another process may have removed or replaced them. */
	private record Identity(@Nullable Object file, @Nullable Object index) {

		static Identity of(Path file) {
			return new Identity(key(file), key(file.resolveSibling(FILE + INDEX)));
		}

		private static @Nullable Object key(Path file) {
			try {
				return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
			}
			catch (IOException ex) {
				return null;
			}
		}

	}

	private SqliteStore(Path directory) {
		this.directory = directory;
		this.file = directory.resolve(FILE);
		this.connections = new SqliteConnections(this.file);
		this.identity = Identity.of(this.file);
	}

	/**
	 * Open the store, and make it if there is none.
	 * @param directory where it is; created with mode 0700
	 */
	static SqliteStore open(Path directory) throws IOException, SQLException {
		SqliteStore store = new SqliteStore(directory);
		try {
			store.make(false);
		}
		catch (SQLException ex) {
			if (!isDamage(ex)) {
				throw ex;
			}
			store.report(ex);
			store.make(true);
		}
		return store;
	}

	DataSource connections() {
		return this.connections;
	}

	/** One process at a time does this. */
	private synchronized void make(boolean anew) throws IOException, SQLException {
		Files.createDirectories(this.directory, PRIVATE_DIRECTORY);
		try (FileChannel channel = FileChannel.open(this.directory.resolve("lock"), WRITE, PRIVATE_FILE);
				FileLock lock = channel.lock()) {
			SqliteLibrary.extract(this.directory);
			this.connections.discard();
			if (anew && Objects.equals(Identity.of(this.file).file(), this.identity.file())) {
				for (String suffix : new String[] { "", LOG, INDEX }) {
					Files.deleteIfExists(this.file.resolveSibling(FILE + suffix));
				}
			}
			// SQLite gives its other files the mode of this one.
			FileChannel.open(this.file, WRITE, PRIVATE_FILE).close();
			Identity opened = createTables();
			if (!lock.isValid()) {
				throw new IOException("the lock on " + this.directory + " is lost");
			}
			this.identity = opened;
		}
	}

	private Identity createTables() throws IOException, SQLException {
		Connection connection = this.connections.getConnection();
		try (Statement statement = connection.createStatement()) {
			String mode = text(statement, "PRAGMA journal_mode");
			if (!mode.toLowerCase(Locale.ROOT).equals("wal")) {
				throw new IOException("processes cannot share a file on the file system of " + this.directory);
			}
			if (text(statement, "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'").equals("0")) {
				connection.setAutoCommit(false);
				ScriptUtils.executeSqlScript(connection, new ClassPathResource(
						"org/springframework/session/jdbc/schema-sqlite.sql", SqliteStore.class.getClassLoader()));
				connection.commit();
				connection.setAutoCommit(true);
			}
			return Identity.of(this.file);
		}
		finally {
			DataSourceUtils.doReleaseConnection(connection, this.connections);
		}
	}

	private static String text(Statement statement, String query) throws SQLException {
		try (ResultSet result = statement.executeQuery(query)) {
			return result.next() ? result.getString(1) : "";
		}
	}

	/**
	 * Look, once a second, whether the file is still the one that is open.
	 */
	void look() {
		long now = System.nanoTime();
		if (now - this.looked >= LOOK_NANOS) {
			this.looked = now;
			reopenIfReplaced();
		}
	}

	private synchronized boolean reopenIfReplaced() {
		Identity before = this.identity;
		if (before.equals(Identity.of(this.file))) {
			return false;
		}
		try {
			make(false);
			this.lost = false;
			if (!Objects.equals(before.file(), this.identity.file())) {
				logger.warn("The file of the HTTP sessions, " + this.file
						+ ", was removed or replaced. It is made again; clients whose sessions were there get new ones");
			}
			return true;
		}
		catch (IOException | SQLException | RuntimeException ex) {
			if (!this.lost) {
				this.lost = true;
				logger.error("The file of the HTTP sessions, " + this.file
						+ ", was removed or replaced, and cannot be made again: " + ex + ". This is tried each second");
			}
			return false;
		}
	}

	/**
	 * Make the store again if a failure says that it is gone or damaged.
	 * @return whether that was done, so that another try may succeed
	 */
	boolean heal(Throwable failure) {
		if (reopenIfReplaced()) {
			return true;
		}
		if (isDamage(failure)) {
			try {
				report(failure);
				make(true);
				return true;
			}
			catch (IOException | SQLException | RuntimeException ex) {
				logger.debug("The file of the sessions is not made again", ex);
			}
		}
		return false;
	}

	private static boolean isDamage(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof SQLiteException sqlite && (sqlite.getResultCode() == SQLiteErrorCode.SQLITE_CORRUPT
					|| sqlite.getResultCode() == SQLiteErrorCode.SQLITE_NOTADB)) {
				return true;
			}
		}
		return false;
	}

	private void report(Throwable failure) {
		logger.error("The file of the HTTP sessions, " + this.file + ", is damaged: " + failure.getMessage()
				+ ". It is made again; clients whose sessions were there get new ones");
	}

	/** Mark the directory as used, so that it is not removed. */
	void touch() {
		try {
			Files.setLastModifiedTime(this.directory, FileTime.from(Instant.now()));
		}
		catch (IOException ex) {
			// Gone; the next request makes it again.
		}
	}

	@Override
	public void close() {
		this.connections.discard();
	}

	@Override
	public String toString() {
		return this.file.toString();
	}

}
