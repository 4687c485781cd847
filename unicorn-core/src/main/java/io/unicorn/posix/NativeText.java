package io.unicorn.posix;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Text as the operating system knows it: bytes without a charset. Strings in "byte form"
 * hold one byte per character, so that bytes which are no valid text survive.
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
	 * Return the bytes of a string in byte form, which must be fit for a C string.
	 */
	static byte[] bytes(String byteForm) {
		for (int i = 0; i < byteForm.length(); i++) {
			char c = byteForm.charAt(i);
			if (c == 0 || c > 0xff) {
				throw new IllegalArgumentException(
						"Character %#x at index %d of '%s' is no byte of a C string".formatted((int) c, i, byteForm));
			}
		}
		return byteForm.getBytes(StandardCharsets.ISO_8859_1);
	}

	/**
	 * Read a file of NUL-terminated strings. An empty string counts: it may be an
	 * argument.
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
	 * The encoding in which the JVM talks to the system, which since JDK 18 is not the
	 * default charset any more and has no public name before.
	 */
	private static Charset fileNameEncoding() {
		String name = System.getProperty("sun.jnu.encoding");
		return (name != null && Charset.isSupported(name)) ? Charset.forName(name) : Charset.defaultCharset();
	}

}
