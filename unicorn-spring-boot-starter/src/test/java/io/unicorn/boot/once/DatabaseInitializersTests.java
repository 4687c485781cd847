package io.unicorn.boot.once;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import javax.sql.DataSource;

import io.unicorn.ipc.Initialization;
import io.unicorn.ipc.Message;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration;
import org.springframework.boot.liquibase.autoconfigure.LiquibaseAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.jdbc.datasource.init.DataSourceInitializer;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests {@link DatabaseInitializers} with the beans of Spring Boot, Liquibase and Flyway.
 */
@ExtendWith(OutputCaptureExtension.class)
class DatabaseInitializersTests {

	private static final String ALWAYS = "spring.sql.init.mode=always";

	@TempDir
	private Path directory;

	private WorkerContexts workers;

	private Path script;

	@BeforeEach
	void createScript() throws Exception {
		this.script = Files.writeString(this.directory.resolve("schema.sql"),
				"drop table if exists job;\ncreate table job(i int);\n");
		this.workers = workers(new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(DataSourceInitializationAutoConfiguration.class)));
	}

	private WorkerContexts workers(ApplicationContextRunner runner) {
		return new WorkerContexts(runner.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class))
			.withPropertyValues("spring.sql.init.schema-locations=file:" + this.script), this.directory);
	}

	private int rowsAfter(Initialization initialization, String... properties) {
		this.workers.build(Initialization.START, ALWAYS);
		this.workers.sql("insert into job values (1)");
		this.workers.build(initialization, properties);
		return this.workers.sql("select count(*) from job");
	}

	@Test
	void theScriptsOfAnotherWorkerAreNotRunAgain(CapturedOutput output) {
		assertThat(rowsAfter(Initialization.NOTHING, ALWAYS)).isEqualTo(1);
		assertThat(output).doesNotContain("WARN");
	}

	@Test
	void aStartRunsTheScriptsAsOneProcessDoes() {
		assertThat(rowsAfter(Initialization.START, ALWAYS)).isZero();
	}

	@Test
	void aMasterThatDoesNotDecideChangesNothing() {
		assertThat(rowsAfter(Initialization.EVERYTHING, ALWAYS)).isZero();
	}

	@Test
	void thePropertyLetsEveryWorkerInitialize() {
		this.workers.mode(InitializationMode.EVERY);
		assertThat(rowsAfter(Initialization.NOTHING, ALWAYS)).isZero();
	}

	@Test
	void aRollOutDoesNotRunScriptsThatDropTablesAndSaysSo(CapturedOutput output) {
		assertThat(rowsAfter(Initialization.ROLL_OUT, ALWAYS)).isEqualTo(1);
		assertThat(output).containsOnlyOnce("would take data from workers that serve (DROP TABLE in schema.sql)");
	}

	@Test
	void aRollOutRunsScriptsThatOnlyAdd(CapturedOutput output) throws Exception {
		this.workers.build(Initialization.START, ALWAYS);
		Files.writeString(this.script, "-- drop table job\ncreate table if not exists more(i int); /* truncate */");
		this.workers.build(Initialization.ROLL_OUT, ALWAYS);
		assertThat(this.workers.hasTable("MORE")).isTrue();
		assertThat(output).doesNotContain("WARN");
	}

	@Test
	void eachWorkerInitializesItsDatabaseInMemory() {
		String[] properties = { "spring.datasource.url=jdbc:h2:mem:own;DB_CLOSE_DELAY=-1", ALWAYS };
		this.workers.build(Initialization.NOTHING, (context) -> {
			assertThat(count(context.getBean(DataSource.class))).isZero();
			assertThat(count(context.getBean(DataSource.class))).isZero();
		}, properties);
		this.workers.build(Initialization.ROLL_OUT,
				(context) -> assertThat(count(context.getBean(DataSource.class))).isZero(), properties);
	}

	private static int count(DataSource dataSource) {
		try (var connection = dataSource.getConnection();
				var rows = connection.createStatement().executeQuery("select count(*) from job")) {
			rows.next();
			return rows.getInt(1);
		}
		catch (java.sql.SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void theMasterIsToldOfTheInitialization() {
		List<Message.Booting> reports = this.workers.build(Initialization.START, (context) -> {
		}, ALWAYS);
		assertThat(reports).extracting(Message.Booting::initializing)
			.containsExactly("SQL scripts (bean dataSourceScriptDatabaseInitializer)", "");
		assertThat(reports.get(0).stack()).isNotEmpty();
	}

	@Test
	void liquibaseMigratesOnce() throws Exception {
		this.workers = workers(new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(LiquibaseAutoConfiguration.class)));
		String changeLog = changeLog("create table one(i int)");
		assertThat(this.workers.build(Initialization.START, (context) -> {
		}, changeLog)).extracting(Message.Booting::initializing).containsExactly("Liquibase (bean liquibase)", "");
		changeLog("create table two(i int)");
		this.workers.build(Initialization.NOTHING, changeLog);
		assertThat(this.workers.hasTable("ONE")).isTrue();
		assertThat(this.workers.hasTable("TWO")).isFalse();
		this.workers.build(Initialization.ROLL_OUT, changeLog);
		assertThat(this.workers.hasTable("TWO")).isTrue();
	}

	@Test
	void liquibaseDropsNothingInARollOut(CapturedOutput output) throws Exception {
		this.workers = workers(new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(LiquibaseAutoConfiguration.class)));
		String changeLog = changeLog("create table if not exists one(i int)");
		this.workers.build(Initialization.START, changeLog);
		this.workers.sql("insert into one values (1)");
		this.workers.build(Initialization.ROLL_OUT, changeLog, "spring.liquibase.drop-first=true");
		assertThat(this.workers.sql("select count(*) from one")).isEqualTo(1);
		assertThat(output).contains("spring.liquibase.drop-first=true is ignored in a roll-out");
	}

	private String changeLog(String sql) throws Exception {
		Path file = Files.writeString(this.directory.resolve("changes.yaml"), """
				databaseChangeLog:
				- changeSet: {id: %s, author: x, changes: [{sql: {sql: "%s"}}]}
				""".formatted(sql.hashCode(), sql));
		return "spring.liquibase.change-log=file:" + file;
	}

	@Test
	void flywayMigratesOnce() throws Exception {
		this.workers = workers(
				new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(FlywayAutoConfiguration.class)));
		Files.createDirectory(this.directory.resolve("migrations"));
		String locations = "spring.flyway.locations=filesystem:" + this.directory.resolve("migrations");
		Files.writeString(this.directory.resolve("migrations/V1__first.sql"), "create table one(i int);");
		this.workers.build(Initialization.START, locations);
		Files.writeString(this.directory.resolve("migrations/V2__second.sql"), "create table two(i int);");
		this.workers.build(Initialization.NOTHING, locations);
		assertThat(this.workers.hasTable("ONE")).isTrue();
		assertThat(this.workers.hasTable("TWO")).isFalse();
		this.workers.build(Initialization.ROLL_OUT, locations);
		assertThat(this.workers.hasTable("TWO")).isTrue();
	}

	@Test
	void aCleanerDoesNotRunWhenOneWorkerLeaves() {
		this.workers = workers(new ApplicationContextRunner().withUserConfiguration(WithCleaner.class));
		this.workers.build(Initialization.START);
		this.workers.build(Initialization.NOTHING);
		assertThat(this.workers.sql("select count(*) from cleaned")).isEqualTo(1);
	}

	@Test
	void initializersAreNotLeftToTheFirstRequest() {
		this.workers = workers(new ApplicationContextRunner()
			.withInitializer((context) -> context
				.addBeanFactoryPostProcessor(new org.springframework.boot.LazyInitializationBeanFactoryPostProcessor()))
			.withConfiguration(AutoConfigurations.of(DataSourceInitializationAutoConfiguration.class)));
		this.workers.build(Initialization.START, ALWAYS);
		assertThat(this.workers.hasTable("JOB")).isTrue();
	}

	@Configuration(proxyBeanMethods = false)
	static class WithCleaner {

		@Bean
		DataSourceInitializer initializer(DataSource dataSource) {
			DataSourceInitializer initializer = new DataSourceInitializer();
			initializer.setDataSource(dataSource);
			initializer.setDatabasePopulator(
					populator("create table if not exists cleaned(i int); insert into cleaned values (1);"));
			initializer.setDatabaseCleaner(populator("drop table cleaned;"));
			return initializer;
		}

		private static ResourceDatabasePopulator populator(String sql) {
			return new ResourceDatabasePopulator(new ByteArrayResource(sql.getBytes(StandardCharsets.UTF_8)));
		}

	}

}
