package io.unicorn.boot.once;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.Consumer;

import io.unicorn.ipc.Initialization;
import io.unicorn.ipc.Message;
import io.unicorn.worker.TestAgents;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Builds the contexts of the workers of one pool, one after the other, with a database in
 * a file, which they share.
 */
final class WorkerContexts {

	static final String SECRET = "c2VjcmV0";

	private final ApplicationContextRunner runner;

	private final String url;

	private InitializationMode mode = InitializationMode.FIRST;

	WorkerContexts(ApplicationContextRunner runner, Path directory) {
		this.url = "jdbc:h2:file:" + directory.resolve("db") + ";DB_CLOSE_DELAY=0";
		this.runner = runner.withPropertyValues("spring.datasource.url=" + this.url, "spring.datasource.username=sa",
				"spring.datasource.type=org.springframework.jdbc.datasource.SimpleDriverDataSource");
	}

	WorkerContexts mode(InitializationMode mode) {
		this.mode = mode;
		return this;
	}

	/** Build a context with this decision of the master, and close it. */
	void build(Initialization initialization, String... properties) {
		build(initialization, (context) -> {
		}, properties);
	}

	/** Build a context, use it and close it; return what the worker has reported. */
	List<Message.Booting> build(Initialization initialization, Consumer<ConfigurableApplicationContext> use,
			String... properties) {
		try (TestAgents agents = new TestAgents(initialization, SECRET)) {
			this.runner.withPropertyValues(properties)
				.withInitializer((context) -> ContextPreparation.prepare(context.getBeanFactory(), agents.agent(),
						this.mode, null))
				.run((context) -> {
					assertStarted(context.getStartupFailure());
					use.accept(context);
				});
			agents.agent().retire("end", "");
			while (agents.received().stream().noneMatch(Message.Retire.class::isInstance)) {
				Thread.onSpinWait();
			}
			return agents.received()
				.stream()
				.filter(Message.Booting.class::isInstance)
				.map(Message.Booting.class::cast)
				.toList();
		}
	}

	private static void assertStarted(Throwable failure) {
		if (failure != null) {
			throw new AssertionError("the context does not start", failure);
		}
	}

	/** Perform a statement, and return its first number, or -1. */
	int sql(String statement) {
		try (Connection connection = DriverManager.getConnection(this.url, "sa", "");
				Statement sql = connection.createStatement()) {
			if (!sql.execute(statement)) {
				return sql.getUpdateCount();
			}
			try (ResultSet rows = sql.getResultSet()) {
				return rows.next() ? rows.getInt(1) : -1;
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(statement, ex);
		}
	}

	boolean hasTable(String name) {
		return sql("select count(*) from information_schema.tables where upper(table_name) = '" + name + "'") == 1;
	}

}
