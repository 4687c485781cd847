package io.unicorn.launch.workdir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CommandSocketTests {

	private static final String NAME = "4026531836-4700-12345678";

	@TempDir
	private Path directory;

	@Test
	void theNameContainsTheProcess() {
		assertThat(CommandSocket.of(Path.of("/work"))).asString()
			.matches("/work/commands/[0-9]+-" + ProcessHandle.current().pid() + "-[0-9]+");
	}

	@Test
	void theProcessIdIsReadFromTheName() {
		assertThat(CommandSocket.pid(Path.of("/work/commands", NAME))).isEqualTo(4700);
		assertThat(CommandSocket.pid(Path.of("/work/commands/new-1"))).isZero();
		assertThat(CommandSocket.pid(Path.of("/work/commands/a-b-c"))).isZero();
	}

	@Test
	void aDirectoryIsUsedIfAPathInItIsShortEnoughForASocket() {
		int rest = CommandSocket.MOST_BYTES - ("/" + "/commands/" + NAME).length();
		Path longest = Path.of("/" + "x".repeat(rest));
		Path tooLong = Path.of("/" + "x".repeat(rest + 1));
		assertThat(CommandSocket.choose(List.of(longest, Path.of("/tmp")), CommandSocket.DIRECTORY, NAME, 0)).asString()
			.startsWith("/xx")
			.hasSize(CommandSocket.MOST_BYTES);
		assertThat(CommandSocket.choose(List.of(tooLong, Path.of("/tmp")), CommandSocket.DIRECTORY, NAME, 0))
			.isEqualTo(Path.of("/tmp/commands", NAME));
		assertThat(CommandSocket.choose(List.of(tooLong), CommandSocket.DIRECTORY, NAME, 0)).isNull();
	}

	@Test
	void theDirectoryIsCreatedForItsOwnerAlone() throws IOException {
		Path work = this.directory.resolve("work");
		CommandSocket.secure(work.resolve("commands").resolve(NAME));
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(work))).isEqualTo("rwx------");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(work.resolve("commands"))))
			.isEqualTo("rwx------");
	}

	@Test
	void aDirectoryThatOtherUsersCanUseIsRejected() throws IOException {
		Path work = WorkDir.open(this.directory.resolve("work")).resolve("");
		Path commands = Files.createDirectory(work.resolve("commands"));
		Files.setPosixFilePermissions(commands, PosixFilePermissions.fromString("rwxrwxrwx"));
		assertThatExceptionOfType(UnsafeWorkDirException.class)
			.isThrownBy(() -> CommandSocket.secure(commands.resolve(NAME)));
		Files.setPosixFilePermissions(commands, PosixFilePermissions.fromString("rwx------"));
		Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
		assertThatExceptionOfType(UnsafeWorkDirException.class)
			.isThrownBy(() -> CommandSocket.secure(commands.resolve(NAME)));
	}

}
