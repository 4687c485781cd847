package io.unicorn.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

import io.unicorn.launch.CacheFile.State;
import io.unicorn.launch.ClassDataCache.Form;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Files of caches, and how they are made: found good, damaged, replaced and pruned.
 */
class CacheFileTests {

	@TempDir
	private Path workDir = Path.of("");

	private ClassDataCache cache = new ClassDataCache(this.workDir, "ab", Form.AOT);

	@BeforeEach
	void createGeneration() throws IOException {
		Path generation = Files.createDirectories(this.workDir.resolve("generations/00ff"));
		this.cache = new ClassDataCache(generation, "ab", Form.AOT);
	}

	private Path make(String content) throws IOException {
		try (CacheInMaking making = CacheInMaking.begin(this.workDir, this.cache).orElseThrow()) {
			Files.writeString(making.file(), content);
			assertThat(making.install()).isEqualTo(content.length());
		}
		return only();
	}

	private Path only() throws IOException {
		assertThat(files()).hasSize(1);
		return files().get(0);
	}

	private List<Path> files() throws IOException {
		try (Stream<Path> files = Files.list(this.cache.directory())) {
			return files.sorted().toList();
		}
	}

	private CacheFile file() {
		return new CacheFile(this.cache);
	}

	@Test
	void whatWasMadeIsFoundGoodAndIsForItsOwnerAlone() throws IOException {
		Path made = make("content");
		CacheFile file = file();
		assertThat(file.check()).isEqualTo(State.GOOD);
		assertThat(file.path()).isEqualTo(made);
		assertThat(made.getFileName()).hasToString("cache-ab-%08x-7.aot".formatted(crc("content")));
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made))).isEqualTo("rw-------");
		assertThat(file.options()).containsExactly("-Xlog:aot*=off", "-XX:AOTCache=" + made);
	}

	private static long crc(String content) {
		CRC32C crc = new CRC32C();
		crc.update(content.getBytes(StandardCharsets.UTF_8));
		return crc.getValue();
	}

	@Test
	void withoutAFileThereIsNone() {
		CacheFile file = file();
		assertThat(file.check()).isEqualTo(State.MISSING);
		assertThatIllegalStateException().isThrownBy(file::options);
	}

	@Test
	void aFileOfAnotherKeyOrFormIsNotTaken() throws IOException {
		make("content");
		assertThat(new CacheFile(new ClassDataCache(this.cache.directory(), "abc", Form.AOT)).check())
			.isEqualTo(State.MISSING);
		assertThat(new CacheFile(new ClassDataCache(this.cache.directory(), "ab", Form.CDS)).check())
			.isEqualTo(State.MISSING);
		assertThat(file().check()).isEqualTo(State.GOOD);
	}

	@Test
	void aFileThatIsCutOffIsRemoved() throws IOException {
		Path made = make("content");
		Files.write(made, Arrays.copyOf(Files.readAllBytes(made), 6));
		assertThat(file().check()).isEqualTo(State.DAMAGED);
		assertThat(files()).isEmpty();
	}

	@Test
	void aFileThatIsDamagedAfterItWasFoundGoodIsFoundOut() throws IOException {
		Path made = make("content");
		CacheFile file = file();
		assertThat(file.check()).isEqualTo(State.GOOD);
		Files.writeString(made, "X", StandardOpenOption.WRITE);
		assertThat(file.check()).isEqualTo(State.DAMAGED);
		assertThat(file.check()).isEqualTo(State.MISSING);
	}

	@Test
	void aFileThatIsReplacedIsTheNewOneFromThenOn() throws IOException {
		Path first = make("content");
		CacheFile file = file();
		file.check();
		Path second = make("other");
		assertThat(second).isNotEqualTo(first);
		assertThat(file.check()).isEqualTo(State.GOOD);
		assertThat(file.path()).isEqualTo(second);
		Files.delete(second);
		assertThat(file.check()).isEqualTo(State.MISSING);
	}

	@Test
	void oneCacheIsMadeAtATimeInAPrivateDirectory() throws IOException {
		ClassDataCache other = new ClassDataCache(Files.createDirectories(this.workDir.resolve("generations/0100")),
				"cd", Form.CDS);
		try (CacheInMaking making = CacheInMaking.begin(this.workDir, this.cache).orElseThrow()) {
			Files.writeString(making.output(), "words");
			assertThat(CacheInMaking.begin(this.workDir, other)).isEmpty();
		}
		assertThat(files()).isEmpty();
		Optional<CacheInMaking> next = CacheInMaking.begin(this.workDir, other);
		assertThat(next).isPresent();
		next.get().close();
	}

	@Test
	void whatWasNotMadeCannotBeInstalled() throws IOException {
		try (CacheInMaking making = CacheInMaking.begin(this.workDir, this.cache).orElseThrow()) {
			assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(making::install);
		}
		assertThat(files()).isEmpty();
	}

	@Test
	void onlyWhatNobodyWantsAndNobodyHasJustFoundIsPruned() throws IOException {
		Path made = make("content");
		Path other = Files.writeString(this.cache.directory().resolve("cache-cd-00000000-3.aot"), "old");
		Path recent = Files.writeString(this.cache.directory().resolve("cache-ef-00000000-3.jsa"), "new");
		Path foreign = Files.writeString(this.cache.directory().resolve("cache-mine.txt"), "x");
		Instant now = Instant.now();
		for (Path old : List.of(made, other, foreign)) {
			Files.setLastModifiedTime(old, FileTime.from(now.minusSeconds(601)));
		}
		CacheFile.prune(this.cache.directory(), List.of("ab"), now);
		assertThat(files()).containsExactlyInAnyOrder(made, recent, foreign);
		CacheFile.prune(this.cache.directory(), List.of(), now);
		assertThat(files()).containsExactlyInAnyOrder(recent, foreign);
		CacheFile.prune(this.cache.directory().resolve("gone"), List.of(), now);
	}

	@Test
	void whoHasFoundAFileKeepsItFromBeingPruned() throws IOException {
		Path made = make("content");
		Instant now = Instant.now();
		Files.setLastModifiedTime(made, FileTime.from(now.minusSeconds(601)));
		assertThat(file().check()).isEqualTo(State.GOOD);
		CacheFile.prune(this.cache.directory(), List.of(), now);
		assertThat(files()).containsExactly(made);
	}

}
