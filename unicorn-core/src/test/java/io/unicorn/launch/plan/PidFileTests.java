package io.unicorn.launch.plan;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import io.unicorn.launch.workdir.ProcessTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class PidFileTests {

	@TempDir
	private Path directory;

	private PidFile file() {
		return new PidFile(path(), new ProcessTable(this.directory.resolve("proc")));
	}

	private Path path() {
		return this.directory.resolve("app.pid");
	}

	/** Let a process live that was started with arguments. */
	private void process(int pid, List<String> arguments) throws IOException {
		Path entry = Files.createDirectories(this.directory.resolve("proc/" + pid));
		Files.writeString(entry.resolve("status"), "Uid:\t0\t0\t0\t0\n");
		Files.writeString(entry.resolve("stat"), pid + " (java) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 9 0 123 0");
		Files.writeString(entry.resolve("cmdline"), String.join("\0", arguments) + "\0", StandardCharsets.ISO_8859_1);
	}

	private void master(int pid) throws IOException {
		process(pid,
				MasterCommand.starting(SamplePlans.full(), Path.of("/work/plan-1"), List.of(), List.of()).arguments());
	}

	@Test
	void aNewFileIsWrittenAndDeleted() throws IOException {
		assertThat(file().write(4711)).isNull();
		assertThat(path()).hasContent("4711");
		file().delete(4712);
		assertThat(path()).exists();
		file().delete(4711);
		assertThat(path()).doesNotExist();
		file().delete(4711);
	}

	@Test
	void aFileOfAMasterThatHasEndedOrOfAnotherProgramIsOverwrittenInPlace() throws IOException {
		Files.writeString(path(), "123456789 and more");
		Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-rw-r--"));
		Object inode = Files.getAttribute(path(), "unix:ino");
		assertThat(file().write(4711)).isNull();
		assertThat(path()).hasContent("4711");
		process(4711, List.of("java", "-jar", "app.jar"));
		assertThat(file().write(99)).isNull();
		assertThat(path()).hasContent("99");
		assertThat(Files.getAttribute(path(), "unix:ino")).as("inode, for a file that is mounted").isEqualTo(inode);
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path()))).isEqualTo("rw-rw-r--");
	}

	@Test
	void aFileOfAnotherMasterThatLivesIsLeftAlone() throws IOException {
		master(4711);
		Files.writeString(path(), "4711\n");
		assertThat(file().write(99))
			.isEqualTo("it holds the process id 4711 of the master of another pool, which is running");
		assertThat(path()).hasContent("4711");
		assertThat(file().write(4711)).isNull();
	}

	@Test
	void aSymbolicLinkIsNeitherFollowedNorDeleted() throws IOException {
		Path victim = Files.writeString(this.directory.resolve("victim"), "99");
		Files.createSymbolicLink(path(), victim);
		assertThat(file().write(4711)).isEqualTo("it is a symbolic link; remove it, or name another file");
		file().delete(99);
		assertThat(victim).hasContent("99");
		assertThat(path()).isSymbolicLink();
		Files.delete(victim);
		assertThat(file().write(4711)).isNotNull();
		assertThat(victim).doesNotExist();
	}

	@Test
	void aNamedPipeHoldsNothingUp() throws Exception {
		assertThat(new ProcessBuilder("mkfifo", path().toString()).start().waitFor()).isZero();
		assertThat(file().write(4711)).isEqualTo("it is not a regular file; remove it, or name another file");
		file().delete(4711);
		assertThat(path()).exists();
	}

	@Test
	void aDirectoryIsLeftAlone() throws IOException {
		Files.createDirectory(path());
		assertThat(file().write(4711)).isNotNull();
		file().delete(4711);
		assertThat(path()).isDirectory();
	}

}
