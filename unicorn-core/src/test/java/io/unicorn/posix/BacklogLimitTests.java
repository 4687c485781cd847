package io.unicorn.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class BacklogLimitTests {

	@TempDir
	private Path directory = Path.of("");

	@Test
	void theKernelsLimitHolds() throws IOException {
		Path file = Files.writeString(this.directory.resolve("somaxconn"), "128\n");
		assertThat(BacklogLimit.of(2048, file)).isEqualTo(128);
		assertThat(BacklogLimit.of(100, file)).isEqualTo(100);
	}

	@Test
	void aLimitThatCannotBeReadIsNone() throws IOException {
		assertThat(BacklogLimit.of(2048, this.directory.resolve("missing"))).isEqualTo(2048);
		assertThat(BacklogLimit.of(2048, Files.writeString(this.directory.resolve("odd"), "many"))).isEqualTo(2048);
	}

}
