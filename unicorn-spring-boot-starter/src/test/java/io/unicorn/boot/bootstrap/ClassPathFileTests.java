package io.unicorn.boot.bootstrap;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

class ClassPathFileTests {

	private static final String MARKER = "io/unicorn/Marker.class";

	@TempDir
	private Path directory;

	/**
	 * Creates a URL without a handler: only Spring Boot's launcher has one for nested
	 * jars.
	 */
	private static URL url(String text) throws MalformedURLException {
		@SuppressWarnings("deprecation")
		URL url = new URL(null, text, new URLStreamHandler() {

			@Override
			protected URLConnection openConnection(URL url) throws IOException {
				throw new IOException("not to be opened");
			}

			@Override
			protected void parseURL(URL url, String spec, int start, int limit) {
				setURL(url, url.getProtocol(), "", -1, null, null, spec.substring(start, limit), null, null);
			}

		});
		return url;
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", value = { "file:/app/classes/, /app/classes, -",
			"file:/my%20app/a+b/100%25/b%C3%BCcher/, /my app/a+b/100%/bücher, -",
			"jar:file:/app/lib/core-1.0.jar!/, /app/lib/core-1.0.jar, -",
			"jar:file:/my%20app/a+b%25.jar!/, /my app/a+b%.jar, -", "jar:file:/opt/wow!/x.jar!/, /opt/wow!/x.jar, -",
			"jar:file:/b%C3%BCcher/x.jar!/, /bücher/x.jar, -", "jar:file:/bücher/x.jar!/, /bücher/x.jar, -",
			"jar:nested:/app/app.jar/!BOOT-INF/lib/core-1.0.jar!/, /app/app.jar, BOOT-INF/lib/core-1.0.jar",
			"jar:nested:/my%20app/a+b/100%25/app.jar/!BOOT-INF/lib/c+d.jar!/, /my app/a+b/100%/app.jar, BOOT-INF/lib/c+d.jar",
			"jar:nested:/bücher/app.jar/!BOOT-INF/lib/c.jar!/, /bücher/app.jar, BOOT-INF/lib/c.jar",
			"jar:nested:/wow%21/app.jar/!BOOT-INF/lib/c.jar!/, /wow!/app.jar, BOOT-INF/lib/c.jar" })
	void theFileBehindAnAddressIsFound(String base, String file, String entry) throws IOException {
		assertThat(ClassPathFile.of(url(base + MARKER), MARKER)).isEqualTo(new ClassPathFile(Path.of(file), entry));
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://example.com/", "jar:http://example.com/x.jar!/", "jrt:/java.base/",
			"jar:nested:/app.jar!/" })
	void anAddressOfAnotherKindIsRefused(String base) throws IOException {
		URL url = url(base + MARKER);
		assertThatIOException().isThrownBy(() -> ClassPathFile.of(url, MARKER))
			.withMessage("cannot derive a file from " + url);
	}

	@ParameterizedTest
	@ValueSource(strings = { "plain", "with space", "a+b", "100%", "bücher", "wow!", "a%20b", "q?x#y" })
	void theAddressesThatTheJdkBuildsForUnusualDirectoriesAreUnderstood(String name) throws IOException {
		Path strange = Files.createDirectory(this.directory.resolve(name));
		Path marker = Files.createDirectories(strange.resolve("io/unicorn")).resolve("Marker.class");
		Files.writeString(marker, "x");
		ClassPathFile found = ClassPathFile.of(marker.toUri().toURL(), MARKER);
		assertThat(found.file()).isEqualTo(strange);
		assertThat(found.isDirectory()).isTrue();
		Path jar = jar(strange.resolve("x.jar"), MARKER, "content");
		found = ClassPathFile.of(URI.create("jar:" + jar.toUri() + "!/" + MARKER).toURL(), MARKER);
		assertThat(found).isEqualTo(new ClassPathFile(jar, null));
		assertThat(found.isDirectory()).isFalse();
	}

	@Test
	void aJarIsReadFromAFileAndFromAnotherJar() throws IOException {
		Path outer = jar(this.directory.resolve("app.jar"), "BOOT-INF/lib/inner.jar", "inner content");
		ClassPathFile nested = new ClassPathFile(outer, "BOOT-INF/lib/inner.jar");
		assertThat(nested.name()).isEqualTo("inner.jar");
		assertThat(nested.read()).asString().isEqualTo("inner content");
		ClassPathFile plain = new ClassPathFile(outer, null);
		assertThat(plain.name()).isEqualTo("app.jar");
		assertThat(plain.read()).isEqualTo(Files.readAllBytes(outer));
		assertThatIOException().isThrownBy(() -> new ClassPathFile(outer, "BOOT-INF/lib/none.jar").read())
			.withMessage(outer + " has no entry BOOT-INF/lib/none.jar");
	}

	private static Path jar(Path file, String entry, String content) throws IOException {
		try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
			out.putNextEntry(new ZipEntry(entry));
			out.write(content.getBytes(java.nio.charset.StandardCharsets.UTF_8));
			out.closeEntry();
		}
		return file;
	}

}
