package io.unicorn.sample.lifecycle;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a database which all workers share is initialized by the first one, however
 * long that takes, and that all workers have the same generated password, and that a
 * runner may run once.
 */
@OneJdk
class OncePerPoolIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private static final Pattern PASSWORD = Pattern.compile("Using generated security password: (\\S+)");

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path directory;

	private String url = "";

	@BeforeEach
	void chooseDatabase() {
		this.url = "jdbc:h2:file:" + this.directory.resolve("db") + ";AUTO_SERVER=TRUE";
	}

	private PoolBuilder withDatabase(AppJar jar) throws IOException {
		return RunningPool.builder()
			.bootingFast()
			.jar(jar.overwrite(Files.createFile(this.directory.resolve("app.jar"))))
			.env("SPRING_DATASOURCE_URL", this.url)
			.env("SPRING_DATASOURCE_USERNAME", "sa")
			.env("UNICORN_ROLLOUT_OBSERVE", "0");
	}

	@Test
	void aReplacementDoesNotRunTheScriptsThatTheFirstWorkerHasRun() throws Exception {
		Path script = Files.writeString(this.directory.resolve("schema.sql"),
				"create table if not exists starts(i int);\ninsert into starts values (1);\n");
		RunningPool pool = this.pools.start(withDatabase(AppJar.version("1").jdbc()).args("--unicorn.workers=2",
				"--spring.sql.init.mode=always", "--spring.sql.init.schema-locations=file:" + script));
		pool.awaitReady(2);
		int mark = pool.mark();
		// Worker 0 is the one that holds the database open for the other.
		pool.signal(pool.pool().get("workers").get(1).get("pid").asLong(), "KILL");
		pool.awaitOutputAfter(mark, Pattern.compile("ready in"), TIMEOUT);
		pool.awaitReady(2);
		assertThat(pool.stop()).isZero();
		assertThat(number("select count(*) from starts")).isEqualTo(1);
	}

	@Test
	void aMigrationMayTakeLongerThanTheBootTimeout() throws Exception {
		RunningPool pool = this.pools.start(migrating(5000).args("--unicorn.workers=1", "--unicorn.boot-timeout=2s"));
		pool.awaitReady(1);
		assertThat(pool.output()).containsPattern("WARN .*has been booting for \\d+ s, and goes on: "
				+ "the first worker of a start has no boot-timeout; it runs Liquibase \\(bean liquibase\\); "
				+ "its main thread is in java.lang.Thread.sleep");
		assertThat(pool.stop()).isZero();
		assertThat(number("select count(*) from databasechangeloglock where locked = true")).isZero();
	}

	@Test
	@Nightly
	void aStopLeavesNoLockOfAMigrationBehind() throws Exception {
		// H2 would close the database in a shutdown hook of its own.
		this.url = "jdbc:h2:file:" + this.directory.resolve("db") + ";DB_CLOSE_ON_EXIT=FALSE";
		RunningPool pool = this.pools.start(migrating(6000).args("--unicorn.workers=1", "--unicorn.boot-timeout=1s",
				"--unicorn.graceful-timeout=1s"));
		pool.awaitOutput("it runs Liquibase", TIMEOUT);
		pool.signal("TERM");
		assertThat(pool.exitCode(TIMEOUT)).isZero();
		assertThat(pool.output()).contains("runs Liquibase (bean liquibase) and exits when that is done");
		assertThat(number("select count(*) from databasechangeloglock where locked = true")).isZero();
		assertThat(number("select count(*) from databasechangelog")).isEqualTo(1);
	}

	private PoolBuilder migrating(int millis) throws IOException {
		Path changes = Files.writeString(this.directory.resolve("changes.yaml"),
				"""
						databaseChangeLog:
						- changeSet: {id: slow, author: x, changes: [{sql: {sql: "CREATE ALIAS PAUSE FOR 'java.lang.Thread.sleep(long)'"}}, {sql: {sql: "CALL PAUSE(%d)"}}]}
						"""
					.formatted(millis));
		return withDatabase(AppJar.version("1").jdbc().liquibase())
			.args("--spring.liquibase.change-log=file:" + changes);
	}

	@Test
	void theGeneratedPasswordIsThatOfEveryWorker() throws Exception {
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.jar(AppJar.version("1")
				.with("management.endpoints.web.exposure.include=*")
				.security()
				.overwrite(Files.createFile(this.directory.resolve("app.jar"))))
			.args("--unicorn.workers=2"));
		String password = pool.awaitOutput(PASSWORD, TIMEOUT).group(1);
		pool.awaitOutput("pool is complete", TIMEOUT);
		assertPasswordIsTaken(pool, password);
		int mark = pool.mark();
		pool.signal(pool.workerPids().get(0), "KILL");
		pool.awaitOutputAfter(mark, Pattern.compile("ready in"), TIMEOUT);
		assertPasswordIsTaken(pool, password);
		assertThat(pool.output()).containsOnlyOnce("Using generated security password");
	}

	@Test
	void aRunnerOfThePoolRunsInTheFirstWorkerOfAStartAndOfARollOut() throws Exception {
		Path runs = this.directory.resolve("runs");
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.jar(AppJar.version("1")
				.with(StartRunners.class)
				.overwrite(Files.createFile(this.directory.resolve("app.jar"))))
			.env("RUNNERS_FILE", runs.toString())
			.env("UNICORN_ROLLOUT_OBSERVE", "0")
			.args("--unicorn.workers=2"));
		pool.awaitReady(2);
		int mark = pool.mark();
		pool.signal(pool.workerPids().get(0), "KILL");
		pool.awaitOutputAfter(mark, Pattern.compile("ready in"), TIMEOUT);
		assertThat(Files.readAllLines(runs)).containsExactlyInAnyOrder("once", "each", "each", "each");
		assertThat(pool.rollOut().state()).isEqualTo("succeeded");
		assertThat(Files.readAllLines(runs)).filteredOn("once"::equals).hasSize(2);
		assertThat(Files.readAllLines(runs)).filteredOn("each"::equals).hasSize(5);
		assertThat(pool.stop()).isZero();
	}

	private static void assertPasswordIsTaken(RunningPool pool, String password) throws IOException {
		String credentials = Base64.getEncoder().encodeToString(("user:" + password).getBytes(StandardCharsets.UTF_8));
		byte[] request = ("GET /whoami HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic " + credentials + "\r\n\r\n")
			.getBytes(StandardCharsets.US_ASCII);
		for (int i = 0; i < 20; i++) {
			try (HttpConnection connection = pool.connect()) {
				assertThat(connection.exchange(request).status()).isEqualTo(200);
			}
		}
	}

	private int number(String query) throws Exception {
		Path h2;
		try (Stream<Path> files = Files.list(Path.of("target/test-libraries"))) {
			h2 = files.filter((file) -> file.getFileName().toString().startsWith("h2-")).findFirst().orElseThrow();
		}
		Properties user = new Properties();
		user.setProperty("user", "sa");
		try (URLClassLoader loader = new URLClassLoader(new URL[] { h2.toUri().toURL() })) {
			Driver driver = (Driver) loader.loadClass("org.h2.Driver").getDeclaredConstructor().newInstance();
			try (Connection connection = Objects.requireNonNull(driver.connect(this.url, user));
					ResultSet rows = connection.createStatement().executeQuery(query)) {
				rows.next();
				return rows.getInt(1);
			}
		}
	}

}
