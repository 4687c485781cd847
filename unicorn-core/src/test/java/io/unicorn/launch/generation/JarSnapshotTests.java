package io.unicorn.launch.generation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;

import io.unicorn.launch.generation.Generation.Form;
import io.unicorn.launch.workdir.WorkDir;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Copies jars whose manifest names other files.
 */
class JarSnapshotTests {

	@TempDir
	private Path directory;

	private WorkDir workDir;

	private Path home;

	@BeforeEach
	void createDirectories() throws IOException {
		this.workDir = WorkDir.open(this.directory.resolve("work"));
		this.home = Files.createDirectory(this.directory.resolve("home"));
	}

	private Generation make(String classPath) throws IOException {
		Path jar = SampleJar.executable().attribute("Class-Path", classPath).write(this.home.resolve("app.jar"));
		return new GenerationStore(this.workDir).of(jar);
	}

	private void library(String name, String classPath) throws IOException {
		SampleJar.plain().attribute("Class-Path", classPath).write(this.home.resolve(name));
	}

	@Test
	void filesOfTheClassPathAreCopiedToTheSameRelativePaths() throws IOException {
		library("lib/a b.jar", "");
		Files.writeString(this.home.resolve("text.txt"), "no jar");
		FileTime time = FileTime.fromMillis(1_700_000_000_000L);
		Files.setLastModifiedTime(this.home.resolve("text.txt"), time);
		Generation generation = make("lib/a%20b.jar ./text.txt  lib/../text.txt missing.jar app.jar");
		assertThat(generation.form()).isEqualTo(Form.COPIED);
		for (String name : new String[] { "app.jar", "lib/a b.jar", "text.txt" }) {
			assertThat(generation.directory().resolve(name)).hasSameBinaryContentAs(this.home.resolve(name));
		}
		assertThat(Files.getLastModifiedTime(generation.directory().resolve("text.txt"))).isEqualTo(time);
	}

	@Test
	void filesOfTheirClassPathsAreCopiedToo() throws IOException {
		library("lib/a.jar", "b.jar ../c.jar a.jar");
		library("lib/b.jar", "a.jar");
		library("c.jar", "");
		Generation generation = make("lib/a.jar");
		assertThat(generation.directory().resolve("lib/b.jar")).exists();
		assertThat(generation.directory().resolve("c.jar")).exists();
	}

	@ParameterizedTest
	@CsvSource({ "/opt/x.jar, leads out of its directory, to /opt/x.jar",
			"../x.jar, leads out of its directory, to ../x.jar",
			"lib/../../x.jar, leads out of its directory, to lib/../../x.jar",
			"file:/x.jar, leads out of its directory, to file:/x.jar",
			"http://localhost/x.jar, leads out of its directory, to http://localhost/x.jar",
			"%2e%2e/x.jar, leads out of its directory, to %2e%2e/x.jar" })
	void aFileFromElsewhereIsNotCopied(String entry, String reason, String target) throws IOException {
		assertThatExceptionOfType(NotCopyableException.class).isThrownBy(() -> make("a.jar " + entry))
			.withMessage("%s cannot be copied: the class path of app.jar %s,%s", this.home.resolve("app.jar"), reason,
					" " + target);
		assertThat(this.workDir.resolve("generations")).isEmptyDirectory();
	}

	@ParameterizedTest
	@CsvSource({ "config/", "./", "config" })
	void aDirectoryIsNotCopied(String entry) throws IOException {
		Files.createDirectory(this.home.resolve("config"));
		assertThatExceptionOfType(NotCopyableException.class).isThrownBy(() -> make(entry))
			.withMessage("%s cannot be copied: the class path of app.jar has a directory, %s",
					this.home.resolve("app.jar"), entry);
	}

	@Test
	void aFileElsewhereOnTheClassPathOfALibraryMattersOnlyIfItExists() throws IOException {
		library("a.jar", "../missing.jar file:/missing.jar");
		assertThat(make("a.jar").form()).isEqualTo(Form.COPIED);
		Files.writeString(this.directory.resolve("there.jar"), "x");
		library("a.jar", "../there.jar");
		assertThatExceptionOfType(NotCopyableException.class).isThrownBy(() -> make("a.jar"))
			.withMessageContaining("the class path of a.jar leads out of its directory, to ../there.jar");
	}

	@Test
	void aFileWithTheNameOfTheManifestIsNotCopied() throws IOException {
		Files.writeString(this.home.resolve("contents"), "x");
		assertThatExceptionOfType(NotCopyableException.class).isThrownBy(() -> make("contents"))
			.withMessageEndingWith("a file with the name contents is in the way");
	}

	@Test
	void theClassPathIsRelativeToTheTargetOfALinkAsForTheJvm() throws IOException {
		library("a.jar", "");
		make("a.jar");
		Path link = Files.createSymbolicLink(this.directory.resolve("link.jar"), this.home.resolve("app.jar"));
		Generation generation = new GenerationStore(this.workDir).of(link);
		assertThat(generation.jar()).hasFileName("link.jar").isRegularFile();
		assertThat(Files.isSymbolicLink(generation.jar())).isFalse();
		assertThat(generation.directory().resolve("a.jar")).exists();
	}

}
