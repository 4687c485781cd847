package io.unicorn.sample;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * The application's jar, changed as a test wants it: another version of it, or a broken
 * one. What it configures yields to arguments and environment variables.
 */
public final class AppJar {

	private static final String PROPERTIES = "BOOT-INF/classes/config/application.properties";

	private static final String MANIFEST = "META-INF/MANIFEST.MF";

	private final String version;

	private final List<String> properties = new ArrayList<>();

	private final List<Edit> edits = new ArrayList<>();

	private AppJar(String version) {
		this.version = version;
		this.properties.add("sample.version=" + version);
	}

	/**
	 * A jar whose {@code /whoami} says this version.
	 * @param version the version
	 * @return the jar
	 */
	public static AppJar version(String version) {
		return new AppJar(version);
	}

	/**
	 * Add configuration.
	 * @param properties lines of a properties file
	 * @return this jar
	 */
	public AppJar with(String... properties) {
		this.properties.addAll(List.of(properties));
		return this;
	}

	/**
	 * Remove an entry.
	 * @param folder where it is
	 * @param name how its name begins
	 * @return this jar
	 */
	public AppJar without(String folder, String name) {
		this.edits.add((root) -> {
			try (Stream<Path> entries = Files.list(root.resolve(folder))) {
				Path entry = entries.filter((candidate) -> candidate.getFileName().toString().startsWith(name))
					.findFirst()
					.orElseThrow(() -> new IllegalStateException("There is no " + folder + "/" + name));
				Files.delete(entry);
			}
		});
		return this;
	}

	/**
	 * Add a class that only tests know.
	 * @param type the class
	 * @return this jar
	 */
	public AppJar with(Class<?> type) {
		this.edits.add((root) -> {
			String name = type.getName().replace('.', '/') + ".class";
			Path file = root.resolve("BOOT-INF/classes").resolve(name);
			Files.createDirectories(file.getParent());
			try (InputStream content = Objects.requireNonNull(type.getResourceAsStream("/" + name))) {
				Files.copy(content, file);
			}
		});
		return this;
	}

	/**
	 * Change the manifest.
	 * @param attribute the name of an attribute
	 * @param value its new value
	 * @return this jar
	 */
	public AppJar manifest(String attribute, String value) {
		this.edits.add((root) -> {
			Path file = root.resolve(MANIFEST);
			Manifest manifest = new Manifest(new ByteArrayInputStream(Files.readAllBytes(file)));
			manifest.getMainAttributes().put(new Attributes.Name(attribute), value);
			ByteArrayOutputStream bytes = new ByteArrayOutputStream();
			manifest.write(bytes);
			Files.write(file, bytes.toByteArray());
		});
		return this;
	}

	/**
	 * The jar's content.
	 * @return the bytes
	 */
	public byte[] bytes() {
		try {
			Path copy = Files.createTempFile("app-", ".jar");
			try {
				Files.write(copy, Files.readAllBytes(RunningPool.builder().existingJar()));
				try (FileSystem zip = FileSystems.newFileSystem(copy)) {
					change(zip.getPath("/"));
				}
				return Files.readAllBytes(copy);
			}
			finally {
				Files.delete(copy);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void change(Path root) throws IOException {
		Path file = root.resolve(PROPERTIES);
		Files.createDirectories(file.getParent());
		Files.write(file, this.properties, StandardCharsets.ISO_8859_1);
		for (Edit edit : this.edits) {
			edit.apply(root);
		}
	}

	/**
	 * Write the jar where there may be one already. The file stays the same, only its
	 * content changes, as with {@code cp}: the hardest that can be done to those that run
	 * from it.
	 * @param jar the file
	 * @return the same
	 */
	public Path overwrite(Path jar) {
		try {
			return Files.write(jar, bytes());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public String toString() {
		return this.version;
	}

	private interface Edit {

		void apply(Path root) throws IOException;

	}

}
