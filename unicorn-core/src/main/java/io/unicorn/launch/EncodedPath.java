package io.unicorn.launch;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Relative paths as a manifest's {@code Class-Path} has them: parts of a URL, without
 * spaces and line ends.
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
	 * The opposite. A plus sign stands for itself in a path.
	 * @throws IllegalArgumentException if it is malformed
	 */
	static String decode(String text) {
		return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
	}

}
