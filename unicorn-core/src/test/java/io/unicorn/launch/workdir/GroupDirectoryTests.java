package io.unicorn.launch.workdir;

import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class GroupDirectoryTests {

	private static final String NAME = "4026531836-4700-12345678";

	private static @Nullable Path choose(Path... workDirs) {
		return CommandSocket.choose(List.of(workDirs), GroupDirectory.DIRECTORY, NAME, GroupDirectory.SOCKET_BYTES);
	}

	@Test
	void theNameIsThatOfTheCommandSocket() {
		Path workDir = Path.of("/work");
		assertThat(GroupDirectory.of(workDir)).hasToString("/work/groups/" + CommandSocket.of(workDir).getFileName());
	}

	@Test
	void aDirectoryIsUsedIfTheSocketOfAnyWorkerInItHasAShortEnoughPath() {
		int rest = CommandSocket.MOST_BYTES - ("/" + "/groups/" + NAME + "/.999999999999").length();
		Path longest = Path.of("/" + "x".repeat(rest));
		Path tooLong = Path.of("/" + "x".repeat(rest + 1));
		assertThat(choose(longest, Path.of("/tmp"))).asString().startsWith("/xx");
		assertThat(choose(tooLong, Path.of("/tmp"))).isEqualTo(Path.of("/tmp/groups", NAME));
		assertThat(choose(tooLong)).isNull();
	}

}
