package io.unicorn.boot.doctor;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import javax.sql.DataSource;

import io.unicorn.boot.once.OwnDatabase;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanWrapper;
import org.springframework.beans.BeansException;
import org.springframework.beans.PropertyAccessorFactory;

/**
 * The databases of an application, as far as they can be found: by what a connection pool
 * says of itself, or by asking the database.
 */
final class Databases {

	private static final Log logger = LogFactory.getLog(Databases.class);

	private static final List<String> URL_PROPERTIES = List.of("jdbcUrl", "url", "URL");

	private static final List<String> SIZE_PROPERTIES = List.of("maximumPoolSize", "maxActive", "maxTotal",
			"maxPoolSize");

	private static final int SECONDS = 5;

	private Databases() {
	}

	/** Return the URLs of JDBC, by the place where each is configured. */
	static Map<String, String> urls(Inspection inspection) {
		Map<String, String> urls = new LinkedHashMap<>();
		dataSources(inspection).forEach((place, source) -> {
			String url = url(source);
			if (url != null) {
				urls.put(place, url);
			}
		});
		if (urls.isEmpty()) {
			Stream.of("spring.datasource.url", "spring.datasource.hikari.jdbc-url").forEach((name) -> {
				String url = inspection.property(name);
				if (url != null) {
					urls.put(name, url);
				}
			});
		}
		return urls;
	}

	/** Return those that exist, without those that only pass calls on. */
	static Map<String, DataSource> dataSources(Inspection inspection) {
		Map<String, DataSource> sources = new LinkedHashMap<>();
		inspection.existing("javax.sql.DataSource").forEach((name, bean) -> {
			if (bean instanceof DataSource source && read(bean, List.of("targetDataSource")) == null) {
				sources.put("bean " + name, source);
			}
		});
		return sources;
	}

	/** Return the most connections of a pool, or 0 if it is unknown. */
	static int size(DataSource source) {
		return (read(source, SIZE_PROPERTIES) instanceof Integer size) ? size : 0;
	}

	private static @Nullable String url(DataSource source) {
		if (read(source, URL_PROPERTIES) instanceof String url) {
			return url;
		}
		try (Connection connection = source.getConnection()) {
			return connection.getMetaData().getURL();
		}
		catch (SQLException ex) {
			logger.debug("It is unknown which database " + source + " opens", ex);
			return null;
		}
	}

	/**
	 * Return the first column of the first row, or {@code null} if there is no answer.
	 */
	static @Nullable String ask(DataSource source, String question) {
		try (Connection connection = source.getConnection(); Statement statement = connection.createStatement()) {
			statement.setQueryTimeout(SECONDS);
			try (ResultSet rows = statement.executeQuery(question)) {
				return rows.next() ? rows.getString(1) : null;
			}
		}
		catch (SQLException ex) {
			logger.debug("A database does not answer " + question, ex);
			return null;
		}
	}

	private static @Nullable Object read(Object bean, List<String> properties) {
		BeanWrapper wrapper = PropertyAccessorFactory.forBeanPropertyAccess(bean);
		for (String property : properties) {
			try {
				if (wrapper.isReadableProperty(property)) {
					return wrapper.getPropertyValue(property);
				}
			}
			catch (BeansException ex) {
				logger.debug("The property " + property + " cannot be read", ex);
			}
		}
		return null;
	}

	/** Whether a URL names a file that a process opens for itself alone. */
	static boolean isLockedFile(String url) {
		String text = url.toLowerCase(Locale.ROOT);
		if (text.startsWith("jdbc:h2:")) {
			return isPath(text, "jdbc:h2:", "mem:", "tcp:", "ssl:", "zip:", "classpath:")
					&& !text.contains("auto_server=true") && !text.contains("file_lock=no")
					&& !text.contains("access_mode_data=r;") && !text.endsWith("access_mode_data=r");
		}
		if (text.startsWith("jdbc:hsqldb:")) {
			return isPath(text, "jdbc:hsqldb:", "mem:", "hsql:", "hsqls:", "http:", "https:", "res:")
					&& !text.contains("hsqldb.lock_file=false") && !text.contains("readonly=true");
		}
		if (text.startsWith("jdbc:derby:")) {
			return isPath(text, "jdbc:derby:", "memory:", "//", "classpath:", "jar:");
		}
		return isPath(text, "jdbc:duckdb:", ":memory:") && text.length() > "jdbc:duckdb:".length()
				&& !text.contains("read_only=true") && !text.contains("access_mode=read_only");
	}

	private static boolean isPath(String url, String prefix, String... others) {
		return url.startsWith(prefix) && Stream.of(others).noneMatch(url.substring(prefix.length())::startsWith);
	}

	static boolean isInMemory(String url) {
		return OwnDatabase.isInMemory(url.toLowerCase(Locale.ROOT));
	}

	/** Return a URL without what may be secret. */
	static String shown(String url) {
		return url.replaceAll("[;?].*", "").replaceAll("//[^/@]*@", "//");
	}

}
