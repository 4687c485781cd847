package io.unicorn.sample.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;

/**
 * Tells which properties the starter under test has. The benchmarks also measure older
 * starters, and an unknown property makes a start fail.
 */
public final class Features {

	private static final String METADATA = "META-INF/spring-configuration-metadata.json";

	private Features() {
	}

	/**
	 * Whether the starter has a property.
	 * @param property its whole name
	 */
	public static boolean has(String property) {
		try {
			for (URL metadata : Collections.list(Features.class.getClassLoader().getResources(METADATA))) {
				try (InputStream in = metadata.openStream()) {
					if (new String(in.readAllBytes(), StandardCharsets.UTF_8).contains("\"" + property + "\"")) {
						return true;
					}
				}
			}
			return false;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
