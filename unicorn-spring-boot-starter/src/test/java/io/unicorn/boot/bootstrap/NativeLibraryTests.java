package io.unicorn.boot.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class NativeLibraryTests {

	private static final String NO_EXEC = "failed to map segment from shared object";

	private final List<Path> tried = new ArrayList<>();

	@TempDir
	private Path directory;

	private Path first;

	private Path memory;

	private Path home;

	@BeforeEach
	void store() throws IOException {
		this.first = Files.createDirectories(this.directory.resolve("work/lib/00ff"));
		this.memory = this.directory.resolve("memory/unicorn-me");
		this.home = this.directory.resolve("home/.cache/unicorn-me");
		Files.writeString(this.first.resolve(NativeLibrary.NAME), "code");
	}

	/** Load from a directory as if others were mounted noexec. */
	private Path loadWhere(Path allowed) {
		return new NativeLibrary(List.of(this.memory, this.home), (file) -> {
			this.tried.add(file);
			assertThat(file).hasContent("code");
			if (!file.startsWith(allowed)) {
				throw new UnsatisfiedLinkError(file + ": " + NO_EXEC);
			}
		}).load(this.first);
	}

	@Test
	void theDirectoryOfTheMastersJarsIsUsedWherePossible() {
		assertThat(loadWhere(this.first)).isEqualTo(this.first);
		assertThat(this.memory).doesNotExist();
	}

	@Test
	void aDirectoryWithoutExecutionIsReplacedByOneInMemory() throws IOException {
		Path found = loadWhere(this.memory);
		assertThat(found).isEqualTo(this.memory.resolve("native/00ff"));
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(this.memory))).isEqualTo("rwx------");
		assertThat(this.memory.resolve("native").toFile().list()).containsExactly(found.getFileName().toString());
	}

	@Test
	void aCopyIsUsedAgainAndMadeAgainIfItIsDamaged() throws IOException {
		Path copy = loadWhere(this.memory).resolve(NativeLibrary.NAME);
		Object before = Files.getAttribute(copy, "unix:ino");
		loadWhere(this.memory);
		assertThat(Files.getAttribute(copy, "unix:ino")).isEqualTo(before);
		Files.writeString(copy, "cod");
		loadWhere(this.memory);
		assertThat(copy).hasContent("code");
	}

	@Test
	void theHomeOfTheUserIsTriedLast() {
		assertThat(loadWhere(this.home)).isEqualTo(this.home.resolve("native/00ff"));
		assertThat(this.tried).hasSize(3);
	}

	@Test
	void aDirectoryThatOthersCanUseIsNotUsed() throws IOException {
		Files.createDirectories(this.memory,
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
		assertThat(loadWhere(this.directory).toString()).isEqualTo(this.first.toString());
		this.tried.clear();
		assertThat(loadWhere(this.home)).startsWith(this.home);
		assertThat(this.tried).noneMatch((file) -> file.startsWith(this.memory));
	}

	@Test
	void theReasonOfTheFirstDirectoryIsReported() {
		assertThatExceptionOfType(PoolStartException.class).isThrownBy(() -> loadWhere(Path.of("/nowhere")))
			.withMessageContainingAll(NO_EXEC, this.first.toString(), this.memory.toString(), this.home.toString())
			.satisfies((ex) -> assertThat(ex.getAdvice()).contains("noexec", "unicorn.work-dir"));
	}

	@Test
	void aCLibraryThatDoesNotFitIsReported() {
		NativeLibrary library = new NativeLibrary(List.of(this.memory), (file) -> {
			throw new UnsatisfiedLinkError(
					"Error loading shared library ld-linux-x86-64.so.2: No such file or directory");
		});
		assertThatExceptionOfType(PoolStartException.class).isThrownBy(() -> library.load(this.first))
			.withMessageContaining("ld-linux-x86-64.so.2")
			.satisfies((ex) -> assertThat(ex.getAdvice()).contains("glibc"));
	}

	@Test
	void aJvmThatForbidsNativeAccessIsReported() {
		NativeLibrary library = new NativeLibrary(List.of(this.memory), (file) -> {
			throw new IllegalArgumentException("Illegal native access from: module unnamed");
		});
		assertThatExceptionOfType(PoolStartException.class).isThrownBy(() -> library.load(this.first))
			.withMessageContaining("Illegal native access")
			.satisfies((ex) -> assertThat(ex.getAdvice()).contains("--enable-native-access"));
	}

}
