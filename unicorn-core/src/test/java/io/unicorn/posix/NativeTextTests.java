package io.unicorn.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class NativeTextTests {

	@TempDir
	@SuppressWarnings("NullAway.Init")
	Path directory;

	@Test
	void encodingKeepsAsciiAndDecodingReversesIt() {
		assertThat(NativeText.encode("/opt/app.jar")).isEqualTo("/opt/app.jar");
		assertThat(NativeText.decode(NativeText.encode("/opt/app.jar"))).isEqualTo("/opt/app.jar");
	}

	@Test
	void aListKeepsEmptyStringsAndBytesThatAreNotText() throws IOException {
		Path file = this.directory.resolve("cmdline");
		Files.write(file, new byte[] { 'a', 0, 0, (byte) 0xff, (byte) 0xc3, 0 });
		assertThat(NativeText.readList(file)).containsExactly("a", "", "\u00ff\u00c3");
	}

	@Test
	void anEmptyFileIsAnEmptyList() throws IOException {
		Path file = Files.createFile(this.directory.resolve("environ"));
		assertThat(NativeText.readList(file)).isEmpty();
	}

	@Test
	void ownArgumentsAndEnvironmentAreThoseOfThisJvm() {
		assertThat(Command.ownArguments()).isNotEmpty();
		assertThat(Command.ownEnvironment()).anyMatch((entry) -> entry.startsWith("PATH="));
	}

	@Test
	void anEnvironmentThatTheKernelHidesIsThatOfThisJvm() {
		assertThat(Command.environment(this.directory.resolve("hidden")))
			.containsExactlyInAnyOrderElementsOf(NativeText.entries(System.getenv()))
			.anyMatch((entry) -> entry.startsWith("PATH="));
	}

}
