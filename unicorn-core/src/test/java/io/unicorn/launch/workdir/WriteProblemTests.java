package io.unicorn.launch.workdir;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

class WriteProblemTests {

	@TempDir
	private Path directory;

	@Test
	void aDirectoryThatCanBeWrittenHasNone() {
		assertThat(WriteProblem.in(this.directory)).isEmpty();
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void aFullDiskAndAReadOnlyOneAreNamed() throws IOException {
		try (SmallDisk disk = SmallDisk.mount(this.directory.resolve("disk"))) {
			assertThatIOException().isThrownBy(() -> Files.write(disk.path().resolve("large"), new byte[2_000_000]));
			assertThat(WriteProblem.in(disk.path())).get().asString().contains("No space left on device");
			assertThat(disk.path()).isDirectoryNotContaining("glob:**new-*");
			Files.delete(disk.path().resolve("large"));
			disk.makeReadOnly();
			assertThat(WriteProblem.in(disk.path()))
				.contains("no file can be written in " + disk.path() + ": Read-only file system");
		}
	}

	@Test
	void anExceptionThatIsOnlyAPathIsPutInWords() {
		assertThat(WriteProblem.reason(new AccessDeniedException("/a"))).isEqualTo("/a: permission denied");
		assertThat(WriteProblem.reason(new NoSuchFileException("/a"))).isEqualTo("/a: no such file or directory");
		assertThat(WriteProblem.reason(new IOException("No space left on device")))
			.isEqualTo("No space left on device");
	}

}
