package io.unicorn.boot.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

import org.jspecify.annotations.Nullable;

import org.springframework.util.DigestUtils;

/**
 * A text file of the page.
 *
 * @param type its media type
 * @param content its text
 * @param tag changes with the content
 */
record DashboardFile(String type, String content, String tag) {

	private static final String WEBJAR = "/META-INF/maven/org.webjars.npm/uplot/pom.properties";

	static final String HTML = "text/html;charset=UTF-8";

	static final String JAVASCRIPT = "text/javascript;charset=UTF-8";

	static final String CSS = "text/css;charset=UTF-8";

	static DashboardFile of(String type, String content) {
		return new DashboardFile(type, content,
				"\"" + DigestUtils.md5DigestAsHex(content.getBytes(StandardCharsets.UTF_8)) + "\"");
	}

	/** Return one of our own files. */
	static DashboardFile own(String name, String type) throws IOException {
		DashboardFile file = read(name, type);
		if (file == null) {
			throw new IOException("The class path does not have the file " + name + " of the page");
		}
		return file;
	}

	/**
	 * Return a file of the chart library, of whatever version the application has, or
	 * {@code null} if it has none. The page then has no charts.
	 */
	static @Nullable DashboardFile uplot(String name, String type) throws IOException {
		try (InputStream in = DashboardFile.class.getResourceAsStream(WEBJAR)) {
			Properties webjar = new Properties();
			if (in != null) {
				webjar.load(in);
			}
			return read("/META-INF/resources/webjars/uplot/" + webjar.getProperty("version") + "/dist/" + name, type);
		}
	}

	private static @Nullable DashboardFile read(String name, String type) throws IOException {
		try (InputStream in = DashboardFile.class.getResourceAsStream(name)) {
			return (in != null) ? of(type, new String(in.readAllBytes(), StandardCharsets.UTF_8)) : null;
		}
	}

	/** Return the text with each {@code {{name}}} replaced. */
	DashboardFile with(String name, String value) {
		return of(this.type, this.content.replace("{{" + name + "}}", value));
	}

}
