package io.unicorn.sample.testsupport;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.stream.Stream;

import io.unicorn.reactive.ReactiveApplication;
import io.unicorn.sample.testsupport.pool.RunningPool;

/**
 * Makes changed copies of the application's jar: another version, or a broken one.
 * Arguments and environment variables override its configuration.
 */
public final class AppJar {

	private static final String PROPERTIES = "BOOT-INF/classes/config/application.properties";

	private static final String MANIFEST = "META-INF/MANIFEST.MF";

	private final String version;

	private final Path sample;

	private final List<String> properties = new ArrayList<>();

	private final List<Edit> edits = new ArrayList<>();

	private AppJar(String version) {
		this(version, Path.of(""));
	}

	/**
	 * Create.
	 * @param sample the jar that is changed, or an empty path for that of the build
	 */
	private AppJar(String version, Path sample) {
		this.version = version;
		this.sample = sample;
		this.properties.add("sample.version=" + version);
	}

	/**
	 * Make a jar whose {@code /whoami} reports this version.
	 * @param version the version
	 * @return the jar
	 */
	public static AppJar version(String version) {
		return new AppJar(version);
	}

	/**
	 * Make a jar of the same application on the oldest version of Spring Boot that the
	 * starter supports.
	 * @return the jar
	 */
	public static AppJar oldestBoot() {
		return new AppJar("1", Path.of("boot-4.0/target/unicorn-sample-app-boot-4.0.jar"));
	}

	/**
	 * Make a jar of the same application on Jetty.
	 * @return the jar
	 */
	public static AppJar jetty() {
		return new AppJar("1").withoutTomcat().withJetty();
	}

	/**
	 * Make a jar of the reactive application on Reactor Netty. It has no servlets, not
	 * even their API.
	 * @return the jar
	 */
	public static AppJar reactive() {
		return new AppJar("1").withoutTomcat()
			.without("BOOT-INF/lib", "tomcat-embed-el")
			.webFlux()
			.librariesNamed("spring-boot-{reactor-netty,netty}-*.jar", "netty-*.jar", "reactor-netty-*.jar");
	}

	/**
	 * Make a jar of the reactive application on Tomcat.
	 * @return the jar
	 */
	public static AppJar reactiveOnTomcat() {
		return new AppJar("1").webFlux();
	}

	/**
	 * Make a jar of the reactive application on Jetty.
	 * @return the jar
	 */
	public static AppJar reactiveOnJetty() {
		return new AppJar("1").withoutTomcat().withJetty().webFlux();
	}

	private AppJar withoutTomcat() {
		return without("BOOT-INF/lib", "spring-boot-tomcat").without("BOOT-INF/lib", "tomcat-embed-core")
			.without("BOOT-INF/lib", "tomcat-embed-websocket");
	}

	private AppJar withJetty() {
		return librariesNamed("spring-boot-jetty-*.jar", "jetty-*.jar", "jakarta.{servlet,websocket}-*.jar");
	}

	/** Replace WebMVC and the sample's own classes. */
	private AppJar webFlux() {
		for (String name : List.of("spring-boot-webmvc", "spring-boot-servlet", "spring-boot-http-converter",
				"spring-webmvc", "spring-websocket")) {
			without("BOOT-INF/lib", name);
		}
		return librariesNamed("spring-boot-{webflux,http-codec}-*.jar", "spring-boot-reactor-[0-9]*.jar",
				"spring-webflux-*.jar", "reactor-core-*.jar", "reactive-streams-*.jar")
			.application(ReactiveApplication.class);
	}

	/**
	 * Put another application in the place of the sample's classes.
	 * @param main its main class, all whose package belongs to it
	 */
	private AppJar application(Class<?> main) {
		String folder = main.getPackageName().replace('.', '/');
		this.edits.add((root) -> {
			Path classes = root.resolve("BOOT-INF/classes");
			for (Path old : files(classes.resolve("io/unicorn/sample"))) {
				Files.delete(old);
			}
			Files.createDirectories(classes.resolve(folder));
			for (Path type : files(Path.of("target/test-classes", folder))) {
				Files.copy(type, classes.resolve(folder).resolve(type.getFileName().toString()));
			}
		});
		return manifest("Start-Class", main.getName());
	}

	private static List<Path> files(Path folder) throws IOException {
		try (Stream<Path> files = Files.list(folder)) {
			return files.filter(Files::isRegularFile).toList();
		}
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
				Path entry = entries.filter((path) -> path.getFileName().toString().startsWith(name))
					.findFirst()
					.orElseThrow(() -> new IllegalStateException("There is no " + folder + "/" + name));
				Files.delete(entry);
			}
		});
		return this;
	}

	/**
	 * Add a class of the tests.
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
	 * Add classes of the tests that need libraries which the tests do not have.
	 * @param name the name of their package
	 * @return this jar
	 */
	public AppJar withPackage(String name) {
		String folder = name.replace('.', '/');
		this.edits.add((root) -> {
			Path classes = Files.createDirectories(root.resolve("BOOT-INF/classes").resolve(folder));
			for (Path type : files(Path.of("target/test-classes", folder))) {
				Files.copy(type, classes.resolve(type.getFileName().toString()));
			}
		});
		return this;
	}

	/**
	 * Add libraries that the sample does not have.
	 * @param names how the names of their files in {@code target/test-libraries} begin
	 * @return this jar
	 */
	public AppJar libraries(String... names) {
		return librariesNamed(Stream.of(names).map((name) -> name + "-[0-9]*.jar").toArray(String[]::new));
	}

	private AppJar librariesNamed(String... globs) {
		this.edits.add((root) -> {
			for (String glob : globs) {
				try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("target/test-libraries"), glob)) {
					Iterator<Path> found = files.iterator();
					do {
						Path file = found.next();
						// The starter may bring it already.
						Files.copy(file, root.resolve("BOOT-INF/lib").resolve(file.getFileName().toString()),
								StandardCopyOption.REPLACE_EXISTING);
					}
					while (found.hasNext());
				}
			}
		});
		return this;
	}

	/**
	 * Add what an application with a JDBC database has.
	 * @return this jar
	 */
	public AppJar jdbc() {
		return libraries("HikariCP", "h2", "spring-boot-jdbc", "spring-boot-sql", "spring-boot-persistence",
				"spring-boot-transaction", "spring-jdbc", "spring-tx");
	}

	/**
	 * Add Liquibase; needs {@link #jdbc}.
	 * @return this jar
	 */
	public AppJar liquibase() {
		return libraries("spring-boot-liquibase", "liquibase-core", "opencsv", "commons-collections4", "commons-io",
				"commons-lang3", "commons-text");
	}

	/**
	 * Add Spring Boot's gRPC server, on Netty.
	 * @return this jar
	 */
	public AppJar grpc() {
		return librariesNamed("spring-boot-grpc-server-*.jar", "spring-grpc-core-*.jar", "grpc-*.jar", "netty-*.jar",
				"protobuf-java-*.jar", "guava-*.jar", "failureaccess-*.jar", "perfmark-api-*.jar");
	}

	/**
	 * Add Quartz.
	 * @return this jar
	 */
	public AppJar quartz() {
		return libraries("spring-boot-quartz", "quartz", "spring-context-support", "spring-tx");
	}

	/**
	 * Add RSocket, on Reactor Netty.
	 * @return this jar
	 */
	public AppJar rSocket() {
		return librariesNamed("rsocket-*.jar", "netty-*.jar", "reactor-netty-core-*.jar", "reactor-core-*.jar",
				"reactive-streams-*.jar");
	}

	/**
	 * Add Spring Security.
	 * @return this jar
	 */
	public AppJar security() {
		return libraries("spring-boot-security", "spring-security-config", "spring-security-core",
				"spring-security-crypto", "spring-security-web");
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
				Files.write(copy, Files.readAllBytes(
						this.sample.toString().isEmpty() ? RunningPool.builder().existingJar() : this.sample));
				// Spring Boot's loader reads nested jars only where they are stored.
				try (FileSystem zip = FileSystems.newFileSystem(copy, Map.of("compressionMethod", "STORED"))) {
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
	 * Write the jar over an existing file. The file keeps its inode and only its content
	 * changes, as with {@code cp}: the worst case for processes that run from it.
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
