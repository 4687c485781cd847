package io.unicorn.launch.generation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

import io.unicorn.launch.generation.Generation.Form;
import io.unicorn.launch.workdir.WorkDir;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Splits executable jars of Spring Boot, or copies them unchanged.
 */
class BootJarTests {

	@TempDir
	private Path directory;

	private WorkDir workDir;

	@BeforeEach
	void createWorkDir() throws IOException {
		this.workDir = WorkDir.open(this.directory.resolve("work"));
	}

	private Generation make(SampleJar jar) throws IOException {
		return new GenerationStore(this.workDir).of(jar.write(this.directory.resolve("app.jar")));
	}

	private static Attributes manifest(Generation generation) throws IOException {
		try (JarFile file = new JarFile(generation.jar().toFile())) {
			return file.getManifest().getMainAttributes();
		}
	}

	private static List<String> names(Path jar) throws IOException {
		try (JarFile file = new JarFile(jar.toFile())) {
			return file.stream().map((entry) -> entry.getName()).toList();
		}
	}

	/** Start the application and return its lines, one for each resource. */
	private static List<String> run(Generation generation, String... resources) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(System.getProperty("java.home") + "/bin/java", "-jar", generation.jar().toString()));
		command.addAll(List.of(resources));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
	}

	@Test
	void theJarOfTheApplicationHasItsClassesAndTheirDirectories() throws IOException {
		Generation generation = make(SampleJar.bootWithLibraries()
			.with("META-INF/maven/", "")
			.with("META-INF/maven/pom.xml", "pom")
			.with("BOOT-INF/classes/META-INF/services/java.nio.file.spi.FileSystemProvider", "own.Provider"));
		assertThat(names(generation.jar())).containsExactly("META-INF/MANIFEST.MF", "META-INF/", "META-INF/services/",
				"templates/", "templates/index.html", SampleJar.PrintingApplication.FILE, "META-INF/maven/",
				"META-INF/maven/pom.xml", "META-INF/services/java.nio.file.spi.FileSystemProvider");
		try (JarFile file = new JarFile(generation.jar().toFile())) {
			assertThat(file.getEntry("templates/index.html").getTimeLocal()).isEqualTo(SampleJar.TIME);
			assertThat(file.getInputStream(file.getEntry("META-INF/services/java.nio.file.spi.FileSystemProvider")))
				.hasContent("own.Provider");
		}
	}

	@Test
	void librariesAreTheSameBytesWithTheSameTime() throws IOException {
		byte[] library = SampleJar.plain().with("x", "y").bytes();
		Generation generation = make(SampleJar.boot().with("BOOT-INF/lib/x.jar", library));
		Path extracted = generation.directory().resolve("lib/x.jar");
		assertThat(extracted).hasBinaryContent(library);
		assertThat(Files.getLastModifiedTime(extracted))
			.isEqualTo(FileTime.from(SampleJar.TIME.atZone(ZoneId.systemDefault()).toInstant()));
	}

	@Test
	void theJarOfTheApplicationHasTheTimeOfTheOriginal() throws IOException {
		Path jar = SampleJar.bootWithLibraries().write(this.directory.resolve("app.jar"));
		FileTime time = FileTime.fromMillis(1_700_000_000_000L);
		Files.setLastModifiedTime(jar, time);
		assertThat(Files.getLastModifiedTime(new GenerationStore(this.workDir).of(jar).jar())).isEqualTo(time);
	}

	@Test
	void theManifestNamesTheApplicationAndItsLibrariesInTheOrderOfTheJar() throws IOException {
		Attributes manifest = manifest(make(SampleJar.bootWithLibraries()));
		assertThat(manifest.getValue("Main-Class")).isEqualTo(SampleJar.PrintingApplication.class.getName());
		assertThat(manifest.getValue("Class-Path")).isEqualTo("lib/b.jar lib/a.jar");
		assertThat(manifest.getValue("Spring-Boot-Version")).isEqualTo("4.1.1");
		assertThat(manifest.keySet().stream().map(Object::toString)).doesNotContain("Start-Class",
				"Spring-Boot-Classes", "Spring-Boot-Lib", "Spring-Boot-Classpath-Index", "Spring-Boot-Layers-Index");
	}

	@ParameterizedTest
	@CsvSource({ "Launcher-Agent-Class, com.example.Agent", "Add-Opens, java.base/java.lang",
			"Add-Exports, java.base/sun.nio.ch", "Enable-Native-Access, ALL-UNNAMED", "Multi-Release, true",
			"Implementation-Version, 1.2", "X-Own, some value" })
	void attributesStay(String name, String value) throws IOException {
		assertThat(manifest(make(SampleJar.bootWithLibraries().attribute(name, value))).getValue(name))
			.isEqualTo(value);
	}

	@Test
	void sectionsOfTheManifestStay() throws IOException {
		Generation generation = make(SampleJar.boot().section("com/example/", "Sealed", "true"));
		try (JarFile file = new JarFile(generation.jar().toFile())) {
			assertThat(file.getManifest().getAttributes("com/example/").getValue("Sealed")).isEqualTo("true");
		}
	}

	@Test
	void theClassPathIsThatOfTheLauncher() throws IOException {
		Generation generation = make(SampleJar.bootWithLibraries()
			.attribute("Multi-Release", "true")
			.with("BOOT-INF/lib/sub/c d+e#%41.jar", SampleJar.plain().with("which", "c").bytes())
			.with("BOOT-INF/classes/which", "classes")
			.with("BOOT-INF/classes/release", "old")
			.with("BOOT-INF/classes/META-INF/versions/17/release", "new")
			.with("root.txt", "root"));
		assertThat(generation.form()).isEqualTo(Form.EXTRACTED);
		assertThat(run(generation, "which", "release", "root.txt", "missing")).containsExactly("which classes b a c",
				"release new", "root.txt root", "missing");
	}

	@Test
	void withoutLibrariesThereIsNoClassPath() throws IOException {
		Generation generation = make(SampleJar.boot());
		assertThat(manifest(generation).getValue("Class-Path")).isNull();
		assertThat(run(generation, "templates/index.html")).containsExactly("templates/index.html hello");
	}

	@ParameterizedTest
	@ValueSource(strings = { "BOOT-INF/lib/../../x.jar", "BOOT-INF/lib/..", "BOOT-INF/lib/a/../../b.jar",
			"BOOT-INF/lib/./x.jar" })
	void aLibraryCannotBeWrittenOutsideItsDirectory(String name) throws IOException {
		assertThatIOException().isThrownBy(() -> make(SampleJar.boot().with(name, "x")))
			.withMessage("%s is not an executable jar: no file can have the name of its entry %s",
					this.directory.resolve("app.jar"), name);
		assertThat(this.directory.resolve("work/generations")).isEmptyDirectory();
		assertThat(this.directory.resolve("work/x.jar")).doesNotExist();
	}

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.boot.loader.launch.PropertiesLauncher",
			"org.springframework.boot.loader.launch.WarLauncher", "org.springframework.boot.loader.JarLauncher",
			"com.example.Main" })
	void aJarForAnotherLauncherIsCopied(String launcher) throws IOException {
		assertCopied(SampleJar.bootWithLibraries().attribute("Main-Class", launcher));
	}

	@ParameterizedTest
	@CsvSource({ "Spring-Boot-Classes, classes/", "Spring-Boot-Lib, lib/", "Class-Path, missing.jar" })
	void anUnusualLayoutIsCopied(String name, String value) throws IOException {
		assertCopied(SampleJar.bootWithLibraries().attribute(name, value));
	}

	@ParameterizedTest
	@ValueSource(strings = { "META-INF/SIGNER.SF", "META-INF/signer.sf", "META-INF/SIGNER.RSA",
			"BOOT-INF/classes/META-INF/X.SF" })
	void aSignedJarIsCopied(String name) throws IOException {
		assertCopied(SampleJar.bootWithLibraries().with(name, "signature"));
	}

	@Test
	void aJarWithTwoFilesOfOneNameIsCopied() throws IOException {
		assertCopied(SampleJar.boot().with("META-INF/x", "outer").with("BOOT-INF/classes/META-INF/x", "inner"));
		assertCopied(SampleJar.boot().with("BOOT-INF/classes/META-INF/MANIFEST.MF", "inner"));
	}

	@Test
	void aJarWhoseLibrariesComeBeforeItsClassesIsCopied() throws IOException {
		assertCopied(SampleJar.bootWithLibraries().without("BOOT-INF/classes/").with("BOOT-INF/classes/", ""));
	}

	@Test
	void aJarWhoseLauncherFindsNoClassesIsCopied() throws IOException {
		assertCopied(SampleJar.bootWithLibraries().without("BOOT-INF/classes/"));
	}

	private void assertCopied(SampleJar jar) throws IOException {
		Generation generation = make(jar);
		assertThat(generation.form()).isEqualTo(Form.COPIED);
		assertThat(generation.jar()).hasFileName("app.jar").hasSameBinaryContentAs(this.directory.resolve("app.jar"));
		try (var files = Files.list(generation.directory())) {
			assertThat(files).hasSize(2);
		}
	}

}
