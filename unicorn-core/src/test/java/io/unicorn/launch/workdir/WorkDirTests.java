package io.unicorn.launch.workdir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

class WorkDirTests {

	@TempDir
	private Path directory;

	private static String mode(Path path) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
	}

	@Test
	void aDirectoryIsCreatedForItsOwnerAlone() throws IOException {
		Path path = this.directory.resolve("a/b/work");
		WorkDir.open(path);
		assertThat(path).isDirectory();
		assertThat(mode(path)).isEqualTo("rwx------");
	}

	@Test
	void aPrivateDirectoryIsUsedAsItIs() throws IOException {
		Path path = this.directory.resolve("work");
		WorkDir.open(path);
		Files.writeString(path.resolve("kept"), "x");
		WorkDir work = WorkDir.open(path);
		assertThat(work.resolve("kept")).hasContent("x");
		assertThat(work).hasToString(path.toString());
	}

	@Test
	void directoriesInItArePrivateToo() throws IOException {
		WorkDir work = WorkDir.open(this.directory.resolve("work"));
		Path lib = work.directory("lib");
		assertThat(mode(lib)).isEqualTo("rwx------");
		assertThat(work.directory("lib")).isEqualTo(lib);
	}

	@Test
	void aRelativePathIsMadeAbsolute() throws IOException {
		Path relative = Path.of("").toAbsolutePath().relativize(this.directory.resolve("x/../work"));
		assertThat(WorkDir.open(relative)).hasToString(this.directory.resolve("work").toString());
	}

	@Test
	void aFileIsRefused() throws IOException {
		Path path = Files.writeString(this.directory.resolve("work"), "");
		assertThatIOException().isThrownBy(() -> WorkDir.open(path)).withMessage(path + " is not a directory");
	}

	@Test
	void aSymbolicLinkIsRefusedEvenToAPrivateDirectory() throws IOException {
		Path real = this.directory.resolve("real");
		WorkDir.open(real);
		Path link = Files.createSymbolicLink(this.directory.resolve("link"), real);
		assertThatIOException().isThrownBy(() -> WorkDir.open(link)).withMessage(link + " is not a directory");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "rwxr-----", "rwx-w----", "rwx--x---", "rwx---r--", "rwx----w-", "rwx-----x", "rwxrwxrwx" })
	void aDirectoryThatOtherUsersCanUseIsRefused(String mode) throws IOException {
		Path path = Files.createDirectory(this.directory.resolve("work"));
		Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
		assertThatIOException().isThrownBy(() -> WorkDir.open(path))
			.withMessage(path + " has mode " + mode + ", so others may look into it; it must have 0700");
	}

	@Test
	void aDirectoryOfAnotherUserIsRefused() throws IOException {
		Assumptions.assumeTrue("root".equals(Files.getOwner(Path.of("/proc/self")).getName()),
				"only root can give a directory away");
		Path path = this.directory.resolve("work");
		WorkDir.open(path);
		UserPrincipal nobody = path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
		Files.setOwner(path, nobody);
		assertThatIOException().isThrownBy(() -> WorkDir.open(path)).withMessage(path + " belongs to nobody");
	}

	@Test
	void aDirectoryBelowOneThatOthersCanChangeIsRefusedBeforeItIsCreated() throws IOException {
		Path open = Files.createDirectory(this.directory.resolve("open"));
		Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
		assertThatIOException().isThrownBy(() -> WorkDir.open(open.resolve("a/work")))
			.withMessageStartingWith(open + " has mode 777, so other users could replace what the pool runs; "
					+ "take their right to write (chmod go-w " + open + ")");
		assertThatIOException().isThrownBy(() -> WorkDir.beside(open.resolve("work")))
			.withMessageStartingWith(open + " has mode 777");
		assertThat(open).isEmptyDirectory();
	}

	@Test
	void aRunningPoolKeepsADirectoryWhoseParentsHaveChanged() throws IOException {
		Path parent = Files.createDirectory(this.directory.resolve("parent"));
		WorkDir.open(parent.resolve("work"));
		Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxrwxrwx"));
		assertThat(WorkDir.reopen(parent.resolve("work"))).hasToString(parent.resolve("work").toString());
		assertThatIOException().isThrownBy(() -> WorkDir.open(parent.resolve("work")));
	}

	@Test
	void anotherDirectoryTakesThePlaceOfOneThatIsOccupiedAndIsFoundAgain() throws IOException {
		Path occupied = Files.writeString(this.directory.resolve("unicorn-bob"), "");
		Files.createDirectory(this.directory.resolve("unicorn-bob-readable"));
		Files.createSymbolicLink(this.directory.resolve("unicorn-bob-link"), this.directory);
		WorkDir other = WorkDir.beside(occupied);
		assertThat(other.toString()).startsWith(occupied + "-").isNotEqualTo(occupied + "-readable");
		assertThat(mode(Path.of(other.toString()))).isEqualTo("rwx------");
		assertThat(WorkDir.beside(occupied)).hasToString(other.toString());
	}

	@Test
	void missingParentsAreNoneThatOthersCanChange() throws IOException {
		WorkDir.open(this.directory.resolve("a/work"));
		assertThat(mode(this.directory.resolve("a"))).isEqualTo("rwxr-xr-x");
	}

	@Test
	void aCheckRefusesWhatCannotBeOpenedAndMakesNothing() throws IOException {
		Path path = this.directory.resolve("a/work");
		WorkDir.check(path);
		assertThat(path.getParent()).doesNotExist();
		WorkDir.open(path);
		WorkDir.check(path);
		Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
		assertThatIOException().isThrownBy(() -> WorkDir.check(path)).withMessageContaining("has mode rwxr-xr-x");
		Files.setPosixFilePermissions(path.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
		Path none = path.resolveSibling("none");
		assertThatIOException().isThrownBy(() -> WorkDir.check(none))
			.withMessageContaining(path.getParent().toString());
	}

}
