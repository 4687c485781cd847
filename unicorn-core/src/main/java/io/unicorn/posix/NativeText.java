package io.unicorn.posix;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Converts between ordinary strings and byte form: strings that hold one byte per
 * character, so that bytes which are not valid text in any charset survive.
 */
final class NativeText {

	private NativeText() {
	}

	static String encode(String text) {
		return new String(text.getBytes(fileNameEncoding()), StandardCharsets.ISO_8859_1);
	}

	static String decode(String byteForm) {
		return new String(byteForm.getBytes(StandardCharsets.ISO_8859_1), fileNameEncoding());
	}

	/**
	 * Read a file of NUL-terminated strings in byte form. Empty strings are kept, because
	 * an argument may be empty.
	 */
	static List<String> readList(Path file) {
		String content;
		try {
			content = Files.readString(file, StandardCharsets.ISO_8859_1);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		List<String> strings = new ArrayList<>();
		int start = 0;
		while (start < content.length()) {
			int end = content.indexOf('\0', start);
			if (end < 0) {
				end = content.length();
			}
			strings.add(content.substring(start, end));
			start = end + 1;
		}
		return strings;
	}

	/**
	 * Return the entries of an environment that the JVM has decoded.
	 */
	static List<String> entries(Map<String, String> environment) {
		return environment.entrySet().stream().map((entry) -> encode(entry.getKey() + "=" + entry.getValue())).toList();
	}

	/**
	 * Return the encoding that the JVM uses for file names and arguments. Since JDK 18 it
	 * may differ from the default charset, and no public method returns it.
	 */
	private static Charset fileNameEncoding() {
		String name = System.getProperty("sun.jnu.encoding");
		return (name != null && Charset.isSupported(name)) ? Charset.forName(name) : Charset.defaultCharset();
	}

}
