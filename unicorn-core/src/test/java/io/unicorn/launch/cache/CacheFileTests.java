package io.unicorn.launch.cache;

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

import io.unicorn.launch.cache.CacheFile.State;
import io.unicorn.launch.cache.ClassDataCache.Form;
import io.unicorn.launch.lease.Leases;
import io.unicorn.posix.jnr.JnrPosix;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Makes, checks, replaces and prunes files of caches.
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
		try (CacheBuild build = CacheBuild.begin(this.workDir, this.cache).orElseThrow()) {
			Files.writeString(build.file(), content);
			assertThat(build.install()).isEqualTo(content.length());
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
	void aFileThatWasMadeIsGoodAndReadableForItsOwnerAlone() throws IOException {
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
	void aFileThatIsDamagedAfterACheckIsFound() throws IOException {
		Path made = make("content");
		CacheFile file = file();
		assertThat(file.check()).isEqualTo(State.GOOD);
		Files.writeString(made, "X", StandardOpenOption.WRITE);
		assertThat(file.check()).isEqualTo(State.DAMAGED);
		assertThat(file.check()).isEqualTo(State.MISSING);
	}

	@Test
	void aReplacedFileIsFoundByTheNextCheck() throws IOException {
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
	void oneCacheIsMadeAtATimeInAWorkDir() throws IOException {
		ClassDataCache other = new ClassDataCache(Files.createDirectories(this.workDir.resolve("generations/0100")),
				"cd", Form.CDS);
		try (CacheBuild build = CacheBuild.begin(this.workDir, this.cache).orElseThrow()) {
			Files.writeString(build.output(), "words");
			assertThat(build.flags()).containsExactly("-XX:AOTCacheOutput=" + build.file());
			assertThat(CacheBuild.begin(this.workDir, other)).isEmpty();
		}
		assertThat(files()).isEmpty();
		Optional<CacheBuild> next = CacheBuild.begin(this.workDir, other);
		assertThat(next).isPresent();
		next.get().close();
	}

	@Test
	void aFileThatWasNotMadeCannotBeInstalled() throws IOException {
		try (CacheBuild build = CacheBuild.begin(this.workDir, this.cache).orElseThrow()) {
			assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(build::install);
		}
		assertThat(files()).isEmpty();
	}

	@Test
	void onlyCachesWithoutLeaseAndRecentUseArePruned() throws IOException {
		Path made = make("content");
		Path other = Files.writeString(this.cache.directory().resolve("cache-cd-00000000-3.aot"), "old");
		Path recent = Files.writeString(this.cache.directory().resolve("cache-ef-00000000-3.jsa"), "new");
		Path foreign = Files.writeString(this.cache.directory().resolve("cache-mine.txt"), "x");
		Instant now = Instant.now();
		for (Path old : List.of(made, other, foreign)) {
			Files.setLastModifiedTime(old, FileTime.from(now.minusSeconds(601)));
		}
		Leases leases = new Leases(this.workDir, new JnrPosix());
		leases.hold(List.of(file().existing().orElseThrow()));
		leases.prune();
		assertThat(files()).containsExactlyInAnyOrder(made, recent, foreign);
		leases.hold(List.of());
		leases.prune();
		assertThat(files()).containsExactlyInAnyOrder(recent, foreign);
		assertThat(file().existing()).isEmpty();
	}

	@Test
	void aCheckedFileIsNotPruned() throws IOException {
		Path made = make("content");
		Instant now = Instant.now();
		Files.setLastModifiedTime(made, FileTime.from(now.minusSeconds(601)));
		assertThat(file().check()).isEqualTo(State.GOOD);
		new Leases(this.workDir, new JnrPosix()).prune();
		assertThat(files()).containsExactly(made);
	}

}
