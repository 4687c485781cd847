package io.unicorn.boot.once;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.stream.Stream;

import javax.sql.DataSource;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeansException;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.PropertyAccessorFactory;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Recognises a database in the memory of this process, which each worker has for itself.
 */
public final class OwnDatabase {

	private static final Log logger = LogFactory.getLog(OwnDatabase.class);

	private static final String R2DBC = "org.springframework.boot.r2dbc.EmbeddedDatabaseConnection";

	private OwnDatabase() {
	}

	/**
	 * Whether a bean that initializes a database initializes one of this process alone.
	 * One that cannot be asked counts as shared.
	 */
	static boolean isTargetOf(Object initializer) {
		try {
			return isOne(database(initializer));
		}
		catch (SQLException | BeansException ex) {
			logger.debug("It is unknown which database " + initializer.getClass().getName() + " initializes", ex);
			return false;
		}
	}

	/** Initializers have no common way to ask for their database, but a common name. */
	private static @Nullable Object database(Object initializer) {
		DirectFieldAccessor fields = new DirectFieldAccessor(initializer);
		if (fields.isReadableProperty("flyway")) {
			Object flyway = fields.getPropertyValue("flyway");
			return (flyway != null)
					? PropertyAccessorFactory.forBeanPropertyAccess(flyway).getPropertyValue("configuration.dataSource")
					: null;
		}
		String field = fields.isReadableProperty("connectionFactory") ? "connectionFactory" : "dataSource";
		return fields.getPropertyValue(field);
	}

	/**
	 * Whether a {@code DataSource} or a {@code ConnectionFactory} of R2DBC opens a
	 * database of this process alone.
	 * @throws SQLException if there is no connection to ask
	 */
	public static boolean isOne(@Nullable Object database) throws SQLException {
		if (database instanceof DataSource dataSource) {
			try (Connection connection = dataSource.getConnection()) {
				String url = connection.getMetaData().getURL();
				return url != null && isInMemory(url.toLowerCase(Locale.ROOT));
			}
		}
		return database != null && isInMemoryOfR2dbc(database);
	}

	/**
	 * Whether a URL names a database in memory.
	 * @param url the URL of JDBC, in lower case
	 */
	public static boolean isInMemory(String url) {
		return Stream
			.of("jdbc:h2:mem:", "jdbc:hsqldb:mem:", "jdbc:derby:memory:", "jdbc:sqlite::memory:",
					"jdbc:sqlite:file::memory:")
			.anyMatch(url::startsWith) || (url.startsWith("jdbc:sqlite:") && url.contains("mode=memory"));
	}

	/** Spring Boot knows how to read the options of its connection factories. */
	private static boolean isInMemoryOfR2dbc(Object connectionFactory) {
		ClassLoader classLoader = connectionFactory.getClass().getClassLoader();
		if (!ClassUtils.isPresent(R2DBC, classLoader)) {
			return false;
		}
		Method check = ReflectionUtils.findMethod(ClassUtils.resolveClassName(R2DBC, classLoader), "isEmbedded",
				(Class<?>[]) null);
		try {
			return check != null && Boolean.TRUE.equals(ReflectionUtils.invokeMethod(check, null, connectionFactory));
		}
		catch (IllegalStateException ex) {
			// The options of this factory cannot be read.
			return false;
		}
	}

}
