package io.unicorn.sample.soak;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Two versions of the application, which take turns in one file. The file is overwritten
 * in place, as {@code cp} does, so whoever has it open sees its content change.
 */
final class Versions {

	/** Served by the application as it is. */
	static final String PATH = "/version.txt";

	private final Path jar;

	private final List<Path> versions;

	private int current;

	private Versions(Path jar, List<Path> versions) {
		this.jar = jar;
		this.versions = versions;
	}

	/**
	 * Make two versions of an application.
	 * @param original the application's jar
	 * @param directory where to put them
	 */
	static Versions of(Path original, Path directory) throws IOException {
		Versions versions = new Versions(directory.resolve("app.jar"),
				List.of(directory.resolve("version-1.jar"), directory.resolve("version-2.jar")));
		for (Path version : versions.versions) {
			Files.copy(original, version);
			try (FileSystem zip = FileSystems.newFileSystem(version)) {
				Path resources = Files.createDirectories(zip.getPath("BOOT-INF/classes/static"));
				Files.writeString(resources.resolve("version.txt"), version.getFileName().toString());
			}
		}
		versions.install();
		return versions;
	}

	Path jar() {
		return this.jar;
	}

	/** What the installed version answers to {@link #PATH}. */
	String name() {
		return this.versions.get(this.current).getFileName().toString();
	}

	void installOther() throws IOException {
		this.current = 1 - this.current;
		install();
	}

	private void install() throws IOException {
		try (OutputStream out = Files.newOutputStream(this.jar)) {
			Files.copy(this.versions.get(this.current), out);
		}
	}

}
