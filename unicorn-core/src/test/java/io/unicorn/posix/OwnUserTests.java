package io.unicorn.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class OwnUserTests {

	@Test
	void itIsTheOwnerOfWhatThisProcessCreates(@TempDir Path directory) throws IOException {
		Path file = Files.createFile(directory.resolve("file"));
		assertThat(OwnUser.principal()).isEqualTo(Files.getOwner(file));
		assertThat(OwnUser.id()).isEqualTo(Files.getAttribute(file, "unix:uid"));
	}

}
