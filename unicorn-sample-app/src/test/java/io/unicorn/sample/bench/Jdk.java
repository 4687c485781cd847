package io.unicorn.sample.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.TreeMap;

/**
 * A JDK that applications run on.
 *
 * @param home its directory
 * @param feature its feature version, such as 25
 * @param description its full version and its vendor
 */
public record Jdk(Path home, int feature, String description) {

	private static final Path USUAL = Path.of("/usr/lib/jvm");

	private static final List<Integer> WANTED = List.of(17, 25);

	/**
	 * Read which JDK is in a directory.
	 * @throws IOException if there is none
	 */
	static Jdk in(Path home) throws IOException {
		Properties release = new Properties();
		try (InputStream in = Files.newInputStream(home.resolve("release"))) {
			release.load(in);
		}
		String version = unquoted(release, "JAVA_VERSION");
		if (version.isEmpty() || !Files.isExecutable(home.resolve("bin/java"))) {
			throw new IOException(home + " has no JDK");
		}
		return new Jdk(home.toRealPath(), Integer.parseInt(version.split("[.\\-+]", 2)[0]),
				(version + " " + unquoted(release, "IMPLEMENTOR")).strip());
	}

	/**
	 * Return one JDK 17 and one JDK 25 from the usual directory; without either, the JDK
	 * that runs this.
	 */
	static List<Jdk> installed() throws IOException {
		TreeMap<Integer, Jdk> found = new TreeMap<>();
		if (Files.isDirectory(USUAL)) {
			try (DirectoryStream<Path> homes = Files.newDirectoryStream(USUAL)) {
				homes.forEach((home) -> add(home, found));
			}
		}
		if (found.isEmpty()) {
			return List.of(in(Path.of(System.getProperty("java.home"))));
		}
		return found.values().stream().sorted(Comparator.comparing(Jdk::feature)).toList();
	}

	private static void add(Path home, TreeMap<Integer, Jdk> found) {
		if (!Files.isRegularFile(home.resolve("release"))) {
			return;
		}
		try {
			Jdk jdk = in(home);
			if (WANTED.contains(jdk.feature)) {
				found.putIfAbsent(jdk.feature, jdk);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String unquoted(Properties release, String name) {
		return release.getProperty(name, "").replace("\"", "");
	}

	@Override
	public String toString() {
		return Integer.toString(this.feature);
	}

}
