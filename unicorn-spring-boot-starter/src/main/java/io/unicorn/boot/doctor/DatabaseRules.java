package io.unicorn.boot.doctor;

import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import javax.sql.DataSource;

import io.unicorn.boot.once.OwnDatabase;
import org.jspecify.annotations.Nullable;

/**
 * Databases that one process has for itself, and connections that are too many.
 */
final class DatabaseRules {

	private static final String SERVER = "Use the server of a database";

	/** What asks a database for its limit, by the beginning of the URL. */
	private static final Map<String, String> LIMITS = Map.of("jdbc:postgresql:", "SHOW max_connections", "jdbc:mysql:",
			"SELECT @@max_connections", "jdbc:mariadb:", "SELECT @@max_connections");

	private DatabaseRules() {
	}

	static Stream<Symptom> inMemory(Inspection inspection) {
		Stream<Symptom> jdbc = inspection.databases()
			.entrySet()
			.stream()
			.filter((entry) -> Databases.isInMemory(entry.getValue()))
			.map((entry) -> ownDatabase(entry.getKey(), Databases.shown(entry.getValue())));
		Stream<Symptom> r2dbc = inspection.existing("io.r2dbc.spi.ConnectionFactory")
			.entrySet()
			.stream()
			.filter((entry) -> isOwn(entry.getValue()))
			.map((entry) -> ownDatabase("bean " + entry.getKey(), "the database in memory"));
		return Stream.concat(jdbc, r2dbc);
	}

	private static boolean isOwn(Object connectionFactory) {
		try {
			return OwnDatabase.isOne(connectionFactory);
		}
		catch (SQLException ex) {
			return false;
		}
	}

	private static Symptom ownDatabase(String place, String database) {
		return new Symptom(place, "each worker has " + database + " for itself, so what one writes, the others do not "
				+ "see, and it is gone when the worker is replaced", SERVER);
	}

	static Stream<Symptom> file(Inspection inspection) {
		return shared(inspection).filter((entry) -> Databases.isLockedFile(entry.getValue()))
			.map((entry) -> new Symptom(entry.getKey(),
					"only one process can open " + Databases.shown(entry.getValue())
							+ ", so a second worker fails to boot, again and again",
					SERVER + ", a file per worker (${unicorn.worker.index}), or one worker: unicorn.workers=1, "
							+ "unicorn.rollout.max-surge=0, unicorn.rollout.max-unavailable=1"));
	}

	static Stream<Symptom> autoServer(Inspection inspection) {
		return shared(inspection)
			.filter((entry) -> entry.getValue().toLowerCase(Locale.ROOT).matches("jdbc:h2:.*auto_server=true.*"))
			.map((entry) -> new Symptom(entry.getKey(),
					"with AUTO_SERVER, one worker opens the file and serves it to the others, whose connections "
							+ "break when it is replaced",
					"Run H2 as a server of its own (jdbc:h2:tcp:), or use another database"));
	}

	static Stream<Symptom> sqlite(Inspection inspection) {
		Map<String, DataSource> sources = Databases.dataSources(inspection);
		return shared(inspection)
			.filter((entry) -> entry.getValue().startsWith("jdbc:sqlite:") && !Databases.isInMemory(entry.getValue()))
			.filter((entry) -> !entry.getValue().toLowerCase(Locale.ROOT).contains("journal_mode=wal"))
			.filter((entry) -> !hasWriteAheadLog(sources.get(entry.getKey())))
			.map((entry) -> new Symptom(entry.getKey(),
					"with a rollback journal, a worker that writes " + Databases.shown(entry.getValue())
							+ " locks out the others, which fail with SQLITE_BUSY",
					"Add journal_mode=WAL and busy_timeout=5000 to the URL, or use the server of a database"));
	}

	/** The file may say so, whatever the URL says. */
	private static boolean hasWriteAheadLog(@Nullable DataSource source) {
		return source != null && "wal".equalsIgnoreCase(Databases.ask(source, "PRAGMA journal_mode"));
	}

	/** Return the URLs that are the same in all workers. */
	private static Stream<Map.Entry<String, String>> shared(Inspection inspection) {
		return inspection.databases().entrySet().stream().filter((entry) -> !inspection.isPerWorker(entry.getValue()));
	}

	/** One pool may be within the limit, and all of them together above it. */
	static Stream<Symptom> connections(Inspection inspection) {
		Map<String, String> urls = inspection.databases();
		return Databases.dataSources(inspection).entrySet().stream().flatMap((entry) -> {
			String url = urls.getOrDefault(entry.getKey(), "");
			int size = Databases.size(entry.getValue());
			return LIMITS.entrySet()
				.stream()
				.filter((limit) -> size > 0 && url.startsWith(limit.getKey()))
				.map((limit) -> Databases.ask(entry.getValue(), limit.getValue()))
				.filter((answer) -> answer != null && answer.matches("[0-9]{1,9}"))
				.mapToInt(Integer::parseInt)
				.filter((limit) -> (long) size * (inspection.workers() + 1) > limit)
				.mapToObj((limit) -> tooMany(entry.getKey(), size, inspection.workers(), limit));
		});
	}

	private static Symptom tooMany(String place, int size, int workers, int limit) {
		return new Symptom(place,
				"each of " + workers + " workers, and one more in a roll-out, opens up to " + size
						+ " connections, and the database allows " + limit,
				"Lower the size of the pool to " + Math.max(1, limit / (workers + 1))
						+ " or less (spring.datasource.hikari.maximum-pool-size)");
	}

}
