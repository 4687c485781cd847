package io.unicorn.boot.once;

import java.nio.file.Path;

import io.unicorn.ipc.Initialization;
import io.unicorn.ipc.Message;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests {@link SchemaGeneration} with Hibernate.
 */
@ExtendWith(OutputCaptureExtension.class)
class SchemaGenerationTests {

	private static final String DDL = "spring.jpa.hibernate.ddl-auto=";

	@TempDir
	private Path directory;

	private WorkerContexts workers;

	@BeforeEach
	void createWorkers() {
		this.workers = new WorkerContexts(new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					HibernateJpaAutoConfiguration.class, TransactionAutoConfiguration.class))
			.withUserConfiguration(Entities.class), this.directory);
	}

	private int rowsAfter(Initialization initialization, String property) {
		this.workers.build(Initialization.START, DDL + "create");
		this.workers.sql("insert into item values (1)");
		this.workers.build(initialization, property);
		return this.workers.sql("select count(*) from item");
	}

	@Test
	void theTablesOfOtherWorkersStay(CapturedOutput output) {
		assertThat(rowsAfter(Initialization.NOTHING, DDL + "create")).isEqualTo(1);
		assertThat(output).doesNotContain("ddl-auto");
	}

	@Test
	void aStartMakesNewTables() {
		assertThat(rowsAfter(Initialization.START, DDL + "create")).isZero();
	}

	@Test
	void aRollOutAddsToTheTables(CapturedOutput output) {
		assertThat(rowsAfter(Initialization.ROLL_OUT, DDL + "create")).isEqualTo(1);
		assertThat(output).containsOnlyOnce("hibernate.hbm2ddl.auto=create (spring.jpa.hibernate.ddl-auto) is update");
	}

	@Test
	void thePropertyOfJpaIsKnownToo() {
		String property = "spring.jpa.properties.jakarta.persistence.schema-generation.database.action=drop-and-create";
		assertThat(rowsAfter(Initialization.NOTHING, property)).isEqualTo(1);
	}

	@Test
	void aRollOutGeneratesTablesThatAreMissing() {
		this.workers.build(Initialization.ROLL_OUT, DDL + "create-drop");
		assertThat(this.workers.hasTable("ITEM")).isTrue();
	}

	@Test
	void noWorkerDropsTheTablesWhenItLeaves(CapturedOutput output) {
		this.workers.build(Initialization.START, DDL + "create-drop");
		assertThat(this.workers.hasTable("ITEM")).isTrue();
		assertThat(output)
			.containsOnlyOnce("hibernate.hbm2ddl.auto=create-drop (spring.jpa.hibernate.ddl-auto) is create");
		this.workers.sql("insert into item values (1)");
		this.workers.build(Initialization.NOTHING, DDL + "create-drop");
		assertThat(this.workers.sql("select count(*) from item")).isEqualTo(1);
	}

	@Test
	void updatesAndGeneratedDdlAreForTheFirstWorker() {
		this.workers.build(Initialization.NOTHING, DDL + "update");
		this.workers.build(Initialization.NOTHING, "spring.jpa.generate-ddl=true");
		assertThat(this.workers.hasTable("ITEM")).isFalse();
		this.workers.build(Initialization.START, DDL + "update");
		assertThat(this.workers.hasTable("ITEM")).isTrue();
	}

	@Test
	void everyWorkerValidates() {
		this.workers.build(Initialization.START, DDL + "create");
		assertThat(this.workers.build(Initialization.START, (context) -> {
		}, DDL + "validate")).isEmpty();
	}

	@Test
	void theMasterIsToldOfTheGeneration() {
		assertThat(this.workers.build(Initialization.START, (context) -> {
		}, DDL + "create")).extracting(Message.Booting::initializing)
			.containsExactly("the schema generation of JPA (bean entityManagerFactory)", "");
	}

	@Test
	void eachWorkerHasTheTablesOfItsDatabaseInMemory(CapturedOutput output) {
		this.workers.build(Initialization.NOTHING,
				(context) -> assertThat(context.getBean(jakarta.persistence.EntityManagerFactory.class)
					.createEntityManager()
					.createQuery("select count(i) from Item i", Long.class)
					.getSingleResult()).isZero(),
				"spring.datasource.url=jdbc:h2:mem:jpa;DB_CLOSE_DELAY=-1");
		assertThat(output).doesNotContain("ddl-auto");
	}

	@Configuration(proxyBeanMethods = false)
	@EntityScan(basePackageClasses = Entities.class)
	static class Entities {

	}

	@Entity(name = "Item")
	static class Item {

		@Id
		private long id;

	}

}
