package io.unicorn.launch.generation;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Converts paths from and to the form of a manifest's {@code Class-Path}: parts of a URL,
 * without spaces and line ends.
 */
final class EncodedPath {

	private EncodedPath() {
	}

	static String encode(String path) {
		return Arrays.stream(path.split("/", -1))
			.map((name) -> URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20"))
			.collect(Collectors.joining("/"));
	}

	/**
	 * Return the path of its encoded form. A plus sign stands for itself in a path.
	 * @throws IllegalArgumentException if the text is malformed
	 */
	static String decode(String text) {
		return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
	}

}
