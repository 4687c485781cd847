package io.unicorn.boot.bootstrap;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import org.jspecify.annotations.Nullable;

/**
 * Locates the file that holds a resource of the class path: a jar file, a jar within the
 * executable jar, or a directory.
 *
 * @param file the jar file, the executable jar, or the root directory
 * @param entry path of the jar within the executable jar, or {@code null}
 */
record ClassPathFile(Path file, @Nullable String entry) {

	/**
	 * Separates the path of the executable jar from that of the jar within it, since Boot
	 * 3.2.
	 */
	private static final String NESTED = "/!";

	/**
	 * Find the jar or directory that holds a resource.
	 * @param url the address of the resource
	 * @param resource the name of the resource
	 * @throws IOException if the address has another form
	 */
	static ClassPathFile of(URL url, String resource) throws IOException {
		// A plus sign stands for itself in these addresses, unlike in a query.
		String text = URLDecoder.decode(url.toString().replace("+", "%2B"), StandardCharsets.UTF_8);
		if (text.startsWith("file:")) {
			return new ClassPathFile(Path.of(text.substring("file:".length(), text.length() - resource.length())),
					null);
		}
		int end = text.lastIndexOf("!/" + resource);
		if (text.startsWith("jar:file:") && end > 0) {
			return new ClassPathFile(Path.of(text.substring("jar:file:".length(), end)), null);
		}
		int nested = text.lastIndexOf(NESTED, end - 1);
		if (text.startsWith("jar:nested:") && end > 0 && nested > 0) {
			return new ClassPathFile(Path.of(text.substring("jar:nested:".length(), nested)),
					text.substring(nested + NESTED.length(), end));
		}
		throw new IOException("cannot derive a file from " + url);
	}

	boolean isDirectory() {
		return this.entry == null && Files.isDirectory(this.file);
	}

	/**
	 * Return the name of the jar file.
	 */
	String name() {
		String path = (this.entry != null) ? this.entry : this.file.toString();
		return path.substring(path.lastIndexOf('/') + 1);
	}

	/**
	 * Return the content of the jar file.
	 */
	byte[] read() throws IOException {
		if (this.entry == null) {
			return Files.readAllBytes(this.file);
		}
		try (ZipFile zip = new ZipFile(this.file.toFile())) {
			ZipEntry found = zip.getEntry(this.entry);
			if (found == null) {
				throw new IOException(this.file + " has no entry " + this.entry);
			}
			try (InputStream in = zip.getInputStream(found)) {
				return in.readAllBytes();
			}
		}
	}

}
