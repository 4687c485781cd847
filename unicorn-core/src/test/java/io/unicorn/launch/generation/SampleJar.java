package io.unicorn.launch.generation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Builds jars entry by entry. All entries have the same time.
 */
final class SampleJar {

	static final LocalDateTime TIME = LocalDateTime.of(2024, 2, 3, 4, 5, 6);

	private final Map<String, byte[]> entries = new LinkedHashMap<>();

	private final Manifest manifest = new Manifest();

	private SampleJar() {
		this.manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
	}

	/** Return a jar with nothing but a manifest. */
	static SampleJar plain() {
		return new SampleJar();
	}

	/** Return an executable jar without libraries. */
	static SampleJar executable() {
		return plain().attribute("Main-Class", "com.example.Main").with("com/example/Main.class", "code");
	}

	/** Return a jar with the layout that Spring Boot's build plugins make. */
	static SampleJar boot() {
		return plain().attribute("Main-Class", "org.springframework.boot.loader.launch.JarLauncher")
			.attribute("Start-Class", PrintingApplication.class.getName())
			.attribute("Spring-Boot-Version", "4.1.1")
			.attribute("Spring-Boot-Classes", "BOOT-INF/classes/")
			.attribute("Spring-Boot-Lib", "BOOT-INF/lib/")
			.attribute("Spring-Boot-Classpath-Index", "BOOT-INF/classpath.idx")
			.attribute("Spring-Boot-Layers-Index", "BOOT-INF/layers.idx")
			.with("META-INF/services/", "")
			.with("META-INF/services/java.nio.file.spi.FileSystemProvider", "loader.Provider")
			.with("org/", "")
			.with("org/springframework/", "")
			.with("org/springframework/boot/", "")
			.with("org/springframework/boot/loader/", "")
			.with("org/springframework/boot/loader/launch/JarLauncher.class", "code")
			.with("BOOT-INF/", "")
			.with("BOOT-INF/classes/", "")
			.with("BOOT-INF/classes/templates/", "")
			.with("BOOT-INF/classes/templates/index.html", "hello")
			.with("BOOT-INF/classes/" + PrintingApplication.FILE, PrintingApplication.bytes());
	}

	/** Return such a jar with two libraries, not in alphabetical order. */
	static SampleJar bootWithLibraries() throws IOException {
		return boot().with("BOOT-INF/lib/", "")
			.with("BOOT-INF/lib/b.jar", plain().with("which", "b").bytes())
			.with("BOOT-INF/lib/a.jar", plain().with("which", "a").bytes())
			.with("BOOT-INF/classpath.idx", "- \"BOOT-INF/lib/b.jar\"\n- \"BOOT-INF/lib/a.jar\"\n")
			.with("BOOT-INF/layers.idx", "- \"application\":\n  - \"BOOT-INF/classes/\"\n");
	}

	SampleJar attribute(String name, String value) {
		this.manifest.getMainAttributes().putValue(name, value);
		return this;
	}

	SampleJar with(String name, String content) {
		return with(name, content.getBytes(StandardCharsets.UTF_8));
	}

	SampleJar with(String name, byte[] content) {
		this.entries.put(name, content);
		return this;
	}

	SampleJar without(String name) {
		this.entries.remove(name);
		return this;
	}

	SampleJar section(String name, String attribute, String value) {
		Attributes attributes = new Attributes();
		attributes.putValue(attribute, value);
		this.manifest.getEntries().put(name, attributes);
		return this;
	}

	byte[] bytes() throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		write(bytes);
		return bytes.toByteArray();
	}

	Path write(Path file) throws IOException {
		Files.createDirectories(file.getParent());
		// In place, as a copy over an existing file is written.
		try (OutputStream out = Files.newOutputStream(file)) {
			write(out);
		}
		return file;
	}

	private void write(OutputStream target) throws IOException {
		try (ZipOutputStream out = new ZipOutputStream(target)) {
			ByteArrayOutputStream bytes = new ByteArrayOutputStream();
			this.manifest.write(bytes);
			add(out, "META-INF/", new byte[0]);
			add(out, JarFile.MANIFEST_NAME, bytes.toByteArray());
			for (Map.Entry<String, byte[]> entry : this.entries.entrySet()) {
				add(out, entry.getKey(), entry.getValue());
			}
		}
	}

	private static void add(ZipOutputStream out, String name, byte[] content) throws IOException {
		ZipEntry entry = new ZipEntry(name);
		entry.setTimeLocal(TIME);
		if (name.endsWith(".jar")) {
			CRC32 checksum = new CRC32();
			checksum.update(content);
			entry.setMethod(ZipEntry.STORED);
			entry.setSize(content.length);
			entry.setCrc(checksum.getValue());
		}
		out.putNextEntry(entry);
		out.write(content);
		out.closeEntry();
	}

	/**
	 * Prints the resources on its class path.
	 */
	public static final class PrintingApplication {

		static final String FILE = "io/unicorn/launch/generation/SampleJar$PrintingApplication.class";

		private PrintingApplication() {
		}

		static byte[] bytes() {
			try (InputStream in = SampleJar.class.getResourceAsStream("/" + FILE)) {
				return in.readAllBytes();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		public static void main(String[] args) throws IOException {
			ClassLoader loader = PrintingApplication.class.getClassLoader();
			for (String name : args) {
				StringBuilder line = new StringBuilder(name);
				for (var urls = loader.getResources(name); urls.hasMoreElements();) {
					try (InputStream in = urls.nextElement().openStream()) {
						line.append(' ').append(new String(in.readAllBytes(), StandardCharsets.UTF_8));
					}
				}
				System.out.println(line);
			}
		}

	}

}
