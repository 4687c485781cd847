package io.unicorn.boot.doctor;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;

import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * A connection pool on a PostgreSQL server that answers one question.
 */
public final class SizedPool extends AbstractDataSource {

	private final int size;

	private final String limit;

	SizedPool(int size, String limit) {
		this.size = size;
		this.limit = limit;
	}

	/** As HikariCP has it. */
	public String getJdbcUrl() {
		return "jdbc:postgresql://db/shop";
	}

	/** As HikariCP has it. */
	public int getMaximumPoolSize() {
		return this.size;
	}

	@Override
	public Connection getConnection() {
		ResultSet rows = answer(ResultSet.class, "getString", this.limit, true);
		Statement statement = answer(Statement.class, "executeQuery", rows, null);
		return answer(Connection.class, "createStatement", statement, null);
	}

	@Override
	public Connection getConnection(String username, String password) {
		return getConnection();
	}

	private static <T> T answer(Class<T> type, String method, Object result, Object otherwise) {
		return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
				(proxy, called, arguments) -> called.getName().equals(method) ? result
						: called.getName().equals("next") ? otherwise : null));
	}

}
