package io.unicorn.launch.generation;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;

import io.unicorn.launch.workdir.PrivateFile;
import org.jspecify.annotations.Nullable;

/**
 * Splits an executable jar of Spring Boot into a jar of the application and its
 * libraries, so that the JVM has the class path that Spring Boot's launcher would build.
 */
final class BootJar {

	/** Directory of the libraries. */
	static final String LIBRARIES = "lib/";

	private static final String LAUNCHER = "org.springframework.boot.loader.launch.JarLauncher";

	private static final String LOADER = "org/springframework/boot/loader/";

	private static final String NESTED_CLASSES = "BOOT-INF/classes/";

	private static final String NESTED_LIBRARIES = "BOOT-INF/lib/";

	/** Attributes of the manifest that describe the original layout. */
	private static final List<String> LAYOUT_ATTRIBUTES = List.of("Start-Class", "Spring-Boot-Classes",
			"Spring-Boot-Lib", "Spring-Boot-Lib-Provided", "Spring-Boot-Classpath-Index", "Spring-Boot-Layers-Index");

	/**
	 * Entries that do not belong to the application: the manifest, which is written anew,
	 * the loader's own file system, an index that would hide the libraries, and a module
	 * declaration, which has no effect on a class path.
	 */
	private static final List<String> LEFT_OUT = List.of(JarFile.MANIFEST_NAME, "META-INF/INDEX.LIST",
			"META-INF/services/java.nio.file.spi.FileSystemProvider", "module-info.class");

	private static final Pattern SIGNATURE = Pattern.compile("META-INF/[^/]+\\.(SF|RSA|DSA|EC)");

	private final JarFile file;

	private final Manifest manifest;

	private final String startClass;

	private final Map<String, JarEntry> application = new LinkedHashMap<>();

	private final Map<String, JarEntry> libraries = new LinkedHashMap<>();

	private BootJar(JarFile file, Manifest manifest, String startClass) {
		this.file = file;
		this.manifest = manifest;
		this.startClass = startClass;
	}

	/**
	 * Return the parts of a jar.
	 * @return the parts, or empty if the jar cannot be split: two attributes of a
	 * manifest cannot express its layout, it is signed, or two entries would get the same
	 * name
	 */
	static Optional<BootJar> of(JarFile file) throws IOException {
		Manifest manifest = file.getManifest();
		Attributes attributes = (manifest != null) ? manifest.getMainAttributes() : new Attributes();
		String startClass = attributes.getValue("Start-Class");
		if (startClass == null || !LAUNCHER.equals(attributes.getValue(Attributes.Name.MAIN_CLASS))
				|| !NESTED_CLASSES.equals(attributes.getValue("Spring-Boot-Classes"))
				|| !NESTED_LIBRARIES.equals(attributes.getValue("Spring-Boot-Lib"))
				|| attributes.containsKey(Attributes.Name.CLASS_PATH) || file.getEntry(NESTED_CLASSES) == null) {
			return Optional.empty();
		}
		BootJar jar = new BootJar(file, manifest, startClass);
		for (JarEntry entry : file.stream().toList()) {
			if (!jar.add(entry)) {
				return Optional.empty();
			}
		}
		return Optional.of(jar);
	}

	/**
	 * Assign an entry to the application or to the libraries, or leave it out.
	 * @return false if the jar cannot be split because of this entry
	 */
	private boolean add(JarEntry entry) {
		String name = entry.getName();
		if (name.startsWith(NESTED_LIBRARIES)) {
			return entry.isDirectory()
					|| this.libraries.put(LIBRARIES + name.substring(NESTED_LIBRARIES.length()), entry) == null;
		}
		if (name.equals(NESTED_CLASSES)) {
			// The launcher takes classes and libraries in the order of their entries.
			return this.libraries.isEmpty();
		}
		String target = target(name);
		if (target == null) {
			return true;
		}
		if (SIGNATURE.matcher(target.toUpperCase(Locale.ROOT)).matches() || target.equals(JarFile.MANIFEST_NAME)) {
			return false;
		}
		return this.application.putIfAbsent(target, entry) == null || entry.isDirectory();
	}

	/**
	 * Return the name of an entry in the jar of the application, or {@code null} if it is
	 * left out. Entries beside BOOT-INF are on the launcher's class path too.
	 */
	private static @Nullable String target(String name) {
		if (name.startsWith(NESTED_CLASSES)) {
			return name.substring(NESTED_CLASSES.length());
		}
		if (name.startsWith("BOOT-INF/") || name.startsWith(LOADER) || LEFT_OUT.contains(name)
				|| (name.endsWith("/") && LOADER.startsWith(name))) {
			return null;
		}
		return name;
	}

	/**
	 * Write the parts into a directory that does not exist.
	 * @param name name of the application's jar
	 * @param lastModified last modification of the application's jar
	 * @throws ZipException if the file is damaged
	 */
	void extract(Path directory, Path name, FileTime lastModified) throws IOException {
		Path jar = directory.resolve(name);
		writeApplication(jar);
		Files.setLastModifiedTime(jar, lastModified);
		for (Map.Entry<String, JarEntry> library : this.libraries.entrySet()) {
			Path target = resolve(directory, library.getKey(), library.getValue());
			try (OutputStream out = PrivateFile.create(target)) {
				copy(library.getValue(), out);
			}
			FileTime time = library.getValue().getLastModifiedTime();
			Files.setLastModifiedTime(target, (time != null) ? time : lastModified);
		}
	}

	private static Path resolve(Path directory, String name, ZipEntry entry) throws ZipException {
		try {
			Path target = directory.resolve(name);
			if (target.normalize().equals(target) && target.startsWith(directory.resolve(LIBRARIES))) {
				return target;
			}
		}
		catch (InvalidPathException ex) {
			// Reported below.
		}
		throw new ZipException("no file can have the name of its entry " + entry.getName());
	}

	private void writeApplication(Path target) throws IOException {
		try (JarOutputStream out = new JarOutputStream(new BufferedOutputStream(PrivateFile.create(target)))) {
			JarEntry original = this.file.getJarEntry(JarFile.MANIFEST_NAME);
			out.putNextEntry(entry(JarFile.MANIFEST_NAME, original));
			applicationManifest().write(out);
			out.closeEntry();
			for (Map.Entry<String, JarEntry> entry : this.application.entrySet()) {
				out.putNextEntry(stored(entry.getKey(), entry.getValue()));
				copy(entry.getValue(), out);
				out.closeEntry();
			}
		}
	}

	private Manifest applicationManifest() {
		Manifest copy = new Manifest(this.manifest);
		Attributes attributes = copy.getMainAttributes();
		LAYOUT_ATTRIBUTES.forEach((name) -> attributes.remove(new Attributes.Name(name)));
		attributes.put(Attributes.Name.MAIN_CLASS, this.startClass);
		if (!this.libraries.isEmpty()) {
			attributes.put(Attributes.Name.CLASS_PATH,
					this.libraries.keySet().stream().map(EncodedPath::encode).collect(Collectors.joining(" ")));
		}
		return copy;
	}

	/**
	 * Return an entry without compression, because each start of a worker reads the
	 * classes.
	 */
	private static JarEntry stored(String name, JarEntry original) {
		JarEntry entry = entry(name, original);
		entry.setMethod(ZipEntry.STORED);
		entry.setSize(original.getSize());
		entry.setCrc(original.getCrc());
		return entry;
	}

	private static JarEntry entry(String name, ZipEntry original) {
		JarEntry entry = new JarEntry(name);
		if (original.getTimeLocal() != null) {
			entry.setTimeLocal(original.getTimeLocal());
		}
		return entry;
	}

	/**
	 * Copy an entry, and check its checksum, which the JDK does not.
	 */
	private void copy(JarEntry entry, OutputStream out) throws IOException {
		try (InputStream in = new CheckedEntry(this.file.getInputStream(entry), entry)) {
			in.transferTo(out);
		}
	}

}
