package io.unicorn.master.event;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each look is half a second after the one before; a change counts after four that find
 * nothing new.
 */
class JarWatchTests {

	@TempDir
	private Path directory = Path.of("");

	private Path jar = Path.of("");

	private int changes;

	@BeforeEach
	void write() throws IOException {
		this.jar = Files.writeString(this.directory.resolve("app.jar"), "old");
	}

	private JarWatch watch(Path path) {
		return new JarWatch(path, () -> this.changes++);
	}

	private void look(JarWatch watch, int times) {
		for (int i = 0; i < times; i++) {
			watch.look();
		}
	}

	private void assertSeenOnce(JarWatch watch) {
		look(watch, 4);
		assertThat(this.changes).as("not before it was left alone").isZero();
		look(watch, 1);
		assertThat(this.changes).isEqualTo(1);
		look(watch, 20);
		assertThat(this.changes).isEqualTo(1);
	}

	@Test
	void aFileThatStaysIsNotReported() {
		look(watch(this.jar), 20);
		assertThat(this.changes).isZero();
	}

	@Test
	void aFileThatIsOverwrittenInPlace() throws IOException {
		JarWatch watch = watch(this.jar);
		Files.writeString(this.jar, "newer");
		assertSeenOnce(watch);
	}

	@Test
	void aFileThatIsReplacedByRename() throws IOException {
		JarWatch watch = watch(this.jar);
		Path other = Files.writeString(this.directory.resolve("new.jar"), "new");
		Files.setLastModifiedTime(other, Files.getLastModifiedTime(this.jar));
		Files.move(other, this.jar, StandardCopyOption.REPLACE_EXISTING);
		assertSeenOnce(watch);
	}

	@Test
	void aLinkThatIsSwitched() throws IOException {
		Path other = Files.writeString(this.directory.resolve("new.jar"), "new");
		Path link = Files.createSymbolicLink(this.directory.resolve("current.jar"), this.jar);
		JarWatch watch = watch(link);
		Files.delete(link);
		Files.createSymbolicLink(link, other);
		assertSeenOnce(watch);
	}

	@Test
	void aDirectoryBehindALinkThatIsSwitched() throws IOException {
		Path one = Files.createDirectory(this.directory.resolve("release-1"));
		Path two = Files.createDirectory(this.directory.resolve("release-2"));
		Files.writeString(one.resolve("app.jar"), "old");
		Files.writeString(two.resolve("app.jar"), "new");
		Path link = Files.createSymbolicLink(this.directory.resolve("current"), one);
		JarWatch watch = watch(link.resolve("app.jar"));
		Files.delete(link);
		Files.createSymbolicLink(link, two);
		assertSeenOnce(watch);
	}

	@Test
	void aFileThatIsTouched() throws IOException {
		JarWatch watch = watch(this.jar);
		Files.setLastModifiedTime(this.jar, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
		assertSeenOnce(watch);
	}

	@Test
	void aFileThatIsDeletedIsReportedWhenThereIsAnother() throws IOException {
		JarWatch watch = watch(this.jar);
		Files.delete(this.jar);
		look(watch, 20);
		assertThat(this.changes).isZero();
		Files.writeString(this.jar, "new");
		assertSeenOnce(watch);
	}

	@Test
	void aFileThatIsWrittenInPiecesIsReportedWhenItIsWhole() throws IOException {
		JarWatch watch = watch(this.jar);
		for (int i = 0; i < 5; i++) {
			Files.writeString(this.jar, "piece", StandardOpenOption.APPEND);
			look(watch, 4);
		}
		assertThat(this.changes).isZero();
		look(watch, 1);
		assertThat(this.changes).isEqualTo(1);
	}

	@Test
	void everyChangeIsReported() throws IOException {
		JarWatch watch = watch(this.jar);
		for (int i = 1; i <= 3; i++) {
			Files.writeString(this.jar, "more", StandardOpenOption.APPEND);
			look(watch, 10);
			assertThat(this.changes).isEqualTo(i);
		}
	}

}
