package io.unicorn.master.arbiter;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class BootLogCluesTests {

	@ParameterizedTest
	@ValueSource(strings = { "Caused by: java.net.BindException: Address already in use",
			"Web server failed to start. Port 8081 was already in use.",
			"java.io.IOException: Failed to bind to address 0.0.0.0/0.0.0.0:9090",
			"ERROR: transport error 202: bind failed: Address already in use",
			"java.rmi.server.ExportException: Port already in use: 9010; nested exception is: ",
			"org.h2.jdbc.JdbcSQLNonTransientConnectionException: Database may be already in use: \"/data/db.mv.db\"",
			"org.h2.mvstore.MVStoreException: The file is locked: /data/db.mv.db [2.3.232/7]",
			"ERROR XSDB6: Another instance of Derby may have already booted the database /data/derby.",
			"java.sql.SQLException: Database lock acquisition failure: lockFile: org.hsqldb.persist.LockFile@1",
			"[SQLITE_BUSY] The database file is locked (database is locked)",
			"org.apache.lucene.store.LockObtainFailedException: Lock held by another program: /idx/write.lock",
			"Caused by: org.apache.lucene.store.LockObtainFailedException: Lock held by this virtual machine",
			"org.rocksdb.RocksDBException: While lock file: /data/LOCK: Resource temporarily unavailable",
			"IO error: lock /data/LOCK: Resource temporarily unavailable",
			"org.iq80.leveldb.DBException: Unable to acquire lock on '/data/LOCK'",
			"java.nio.channels.OverlappingFileLockException",
			"java.io.IOException: Could not obtain lock on /data/node.lock",
			"The process cannot access the file because it is being used by another process",
			"Can't acquire environment lock after 0 ms.",
			"org.neo4j.kernel.StoreLockException: Store and its lock file has been locked by another process: /d/store_lock",
			"liquibase.exception.LockException: Could not acquire change log lock.  Currently locked by host (10.0.0.1)",
			"Unable to initialize state, this can happen if multiple instances of Kafka Streams are running",
			"Persistence already in use (32200)", "gnu.io.PortInUseException: Device is busy",
			"2026-01-01 ERROR [worker-1] o.s.b: \033[31mPort 5005 is already in use\033[m" })
	void aLineThatTellsItIsFound(String line) {
		String found = BootLogClues.find(List.of("Starting App", line, "\tat app.LockHeld.get(LockHeld.java:1)", ""));
		assertThat(found).isNotNull().doesNotContain("\033").isEqualTo(line.replaceAll("\033\\[\\d*m", "").strip());
	}

	@ParameterizedTest
	@ValueSource(strings = { "Caused by: java.net.ConnectException: Connection refused",
			"Access to DialectResolutionInfo cannot be null", "FATAL: password authentication failed for user \"app\"",
			"java.lang.OutOfMemoryError: Java heap space", "Unable to start web server", "No space left on device",
			"\tat io.netty.channel.unix.Errors$BindException.of(Errors.java:1)", "the clock is blocked", "" })
	void anotherLineIsNot(String line) {
		assertThat(BootLogClues.find(List.of(line))).isNull();
	}

	@Test
	void theRootCauseIsTheLastOne() {
		assertThat(BootLogClues.find(List.of("Failed to bind", "Caused by: java.net.BindException: Address in use")))
			.startsWith("Caused by");
		assertThat(BootLogClues.find(List.of())).isNull();
	}

	@Test
	void aLongLineIsCutAndFoundInNoTime() {
		assertThat(BootLogClues.find(List.of("already in use" + "x".repeat(60_000)))).hasSize(201);
		assertThat(BootLogClues.find(List.of("could not get ".repeat(5000)))).isNull();
	}

}
