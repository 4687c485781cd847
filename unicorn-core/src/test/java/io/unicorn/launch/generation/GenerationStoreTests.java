package io.unicorn.launch.generation;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.unicorn.launch.generation.Generation.Form;
import io.unicorn.launch.workdir.SmallDisk;
import io.unicorn.launch.workdir.WorkDir;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Finds, makes, repairs and shares generations. {@link BootJarTests} and
 * {@link JarSnapshotTests} test their contents.
 */
class GenerationStoreTests {

	/** So much later that every file is old enough for its stamp to be reliable. */
	private static final Clock LATER = Clock.offset(Clock.systemUTC(), Duration.ofHours(10));

	@TempDir
	private Path directory;

	private WorkDir workDir;

	private Path jar;

	@BeforeEach
	void createJar() throws IOException {
		this.workDir = WorkDir.open(this.directory.resolve("work"));
		this.jar = SampleJar.bootWithLibraries().write(this.directory.resolve("app.jar"));
	}

	private Generation make() throws IOException {
		return new GenerationStore(this.workDir).of(this.jar);
	}

	private List<String> generations() throws IOException {
		try (Stream<Path> entries = Files.list(this.workDir.resolve("generations"))) {
			return entries.map((entry) -> entry.getFileName().toString()).toList();
		}
	}

	private static Map<String, String> files(Path directory) throws IOException {
		Map<String, String> files = new TreeMap<>();
		try (Stream<Path> entries = Files.walk(directory)) {
			for (Path entry : entries.filter(Files::isRegularFile).toList()) {
				String content = new String(Files.readAllBytes(entry), StandardCharsets.ISO_8859_1);
				boolean list = entry.endsWith(GenerationManifest.NAME);
				files.put(directory.relativize(entry).toString(),
						list ? content : Files.getLastModifiedTime(entry) + " " + content);
			}
		}
		return files;
	}

	private static void change(Path file) throws IOException {
		Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
	}

	@Test
	void aJarIsExtractedIntoADirectoryNamedAfterItsContent() throws IOException {
		Generation generation = make();
		assertThat(generation.form()).isEqualTo(Form.EXTRACTED);
		assertThat(generation.id()).matches("[0-9a-f]{24}");
		assertThat(generation.directory()).isEqualTo(this.workDir.resolve("generations").resolve(generation.id()));
		assertThat(generation.jar()).isEqualTo(generation.directory().resolve("app.jar"));
		assertThat(files(generation.directory())).containsOnlyKeys("app.jar", "contents", "lib/a.jar", "lib/b.jar");
		assertThat(generations()).containsExactly(generation.id());
	}

	@Test
	void theSameContentIsTheSameGenerationWhereverItIs() throws IOException {
		Generation first = make();
		Path other = this.directory.resolve("other/app.jar");
		Files.createDirectory(other.getParent());
		Files.copy(this.jar, other);
		assertThat(new GenerationStore(this.workDir).of(other)).isEqualTo(first);
	}

	@Test
	void otherContentOrAnotherNameIsAnotherGeneration() throws IOException {
		Generation first = make();
		Path renamed = Files.copy(this.jar, this.directory.resolve("app-2.jar"));
		Generation second = new GenerationStore(this.workDir).of(renamed);
		SampleJar.bootWithLibraries().with("BOOT-INF/classes/x", "y").write(this.jar);
		Generation third = make();
		assertThat(generations()).hasSize(3).contains(first.id(), second.id(), third.id());
		assertThat(second.jar()).hasFileName("app-2.jar");
	}

	@Test
	void onlyTheOwnerCanReadAGeneration() throws IOException {
		Generation generation = make();
		try (Stream<Path> entries = Files.walk(this.workDir.resolve(""))) {
			assertThat(entries)
				.allSatisfy((entry) -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(entry)))
					.isEqualTo(Files.isDirectory(entry) ? "rwx------"
							: entry.endsWith("generations.lock") ? "rw-------" : "r--------"));
		}
		assertThat(generation.jar()).isReadable();
	}

	@Test
	void aJarThatIsOverwrittenInPlaceLeavesItsGenerationAlone() throws IOException {
		Generation first = make();
		Map<String, String> before = files(first.directory());
		SampleJar.boot().with("BOOT-INF/classes/new", "code").write(this.jar);
		Generation second = make();
		assertThat(second.id()).isNotEqualTo(first.id());
		try (RandomAccessFile file = new RandomAccessFile(this.jar.toFile(), "rw")) {
			file.setLength(0);
		}
		assertThat(files(first.directory())).isEqualTo(before);
	}

	@ParameterizedTest
	@EnumSource(Form.class)
	void aSecondStartDoesNotReadTheJar(Form form) throws IOException {
		if (form == Form.COPIED) {
			SampleJar.executable().attribute("Class-Path", "lib/x.jar missing.jar").write(this.jar);
			SampleJar.plain().write(this.directory.resolve("lib/x.jar"));
		}
		Generation first = new GenerationStore(this.workDir, LATER).of(this.jar);
		assertThat(first.form()).isEqualTo(form);
		assertThat(new GenerationIndex(this.workDir).find(this.jar, this.jar.getFileName())).contains(first.id());
		// With another generation in the index, a start that trusts the index gets that
		// one.
		Path index = onlyFile("index");
		Generation other = new GenerationStore(this.workDir)
			.of(SampleJar.executable().write(this.directory.resolve("other.jar")));
		change(index);
		Files.writeString(index, Files.readString(index).replace(first.id(), other.id()));
		assertThat(make()).isEqualTo(other);
	}

	private Path onlyFile(String directory) throws IOException {
		try (Stream<Path> entries = Files.list(this.workDir.resolve(directory))) {
			List<Path> files = entries.toList();
			assertThat(files).hasSize(1);
			return files.get(0);
		}
	}

	@Test
	void aJarThatWasWrittenAMomentAgoIsReadAgainNextTime() throws IOException {
		make();
		assertThat(this.workDir.resolve("index")).doesNotExist();
	}

	@Test
	void anotherFileOfTheSameSizeAndTimeIsRead() throws IOException {
		SampleJar.executable().with("x", "one").write(this.jar);
		FileTime time = Files.getLastModifiedTime(this.jar);
		Generation first = new GenerationStore(this.workDir, LATER).of(this.jar);
		long size = Files.size(this.jar);
		SampleJar.executable().with("x", "two").write(this.jar);
		Files.setLastModifiedTime(this.jar, time);
		assertThat(this.jar).hasSize(size);
		assertThat(make().id()).isNotEqualTo(first.id());
	}

	@Test
	void aLibraryBesideTheJarThatChangesOrAppearsIsNoticed() throws IOException {
		SampleJar.executable().attribute("Class-Path", "lib/x.jar lib/y.jar").write(this.jar);
		SampleJar.plain().write(this.directory.resolve("lib/x.jar"));
		GenerationStore store = new GenerationStore(this.workDir, LATER);
		Generation first = store.of(this.jar);
		SampleJar.plain().with("a", "b").write(this.directory.resolve("lib/x.jar"));
		Generation second = store.of(this.jar);
		SampleJar.plain().write(this.directory.resolve("lib/y.jar"));
		Generation third = store.of(this.jar);
		assertThat(List.of(first.id(), second.id(), third.id())).doesNotHaveDuplicates();
		assertThat(files(second.directory())).containsOnlyKeys("app.jar", "contents", "lib/x.jar");
		assertThat(files(third.directory())).containsOnlyKeys("app.jar", "contents", "lib/x.jar", "lib/y.jar");
	}

	@Test
	void aLinkThatPointsToAnotherReleaseIsNoticed() throws IOException {
		Path link = this.directory.resolve("current");
		GenerationStore store = new GenerationStore(this.workDir, LATER);
		List<String> ids = new ArrayList<>();
		for (String release : List.of("r1", "r2")) {
			Path directory = Files.createDirectory(this.directory.resolve(release));
			// The jar is the same file in both, as deployments with hard links have it.
			Files.createLink(directory.resolve("app.jar"), this.jar);
			SampleJar.plain().with("release", release).write(directory.resolve("x.jar"));
		}
		SampleJar.executable().attribute("Class-Path", "x.jar").write(this.jar);
		for (String release : List.of("r1", "r2")) {
			Files.deleteIfExists(link);
			Files.createSymbolicLink(link, Path.of(release));
			ids.add(store.of(link.resolve("app.jar")).id());
		}
		assertThat(ids).doesNotHaveDuplicates();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "unicorn index 1\n", "x\n../..\n1 2 3 4 5 /\nend\n", "\0\u00ff", "cut" })
	void aDamagedIndexIsIgnored(String text) throws IOException {
		GenerationStore store = new GenerationStore(this.workDir, LATER);
		Generation generation = store.of(this.jar);
		Path index = onlyFile("index");
		change(index);
		String whole = Files.readString(index);
		Files.writeString(index, text.equals("cut") ? whole.substring(0, whole.length() - 5) : text,
				StandardCharsets.ISO_8859_1);
		assertThat(store.of(this.jar)).isEqualTo(generation);
		assertThat(index).hasContent(whole);
	}

	enum Damage {

		MISSING_LIBRARY {
			@Override
			void to(Generation generation) throws IOException {
				Files.delete(generation.directory().resolve("lib/a.jar"));
			}
		},
		TRUNCATED_LIBRARY {
			@Override
			void to(Generation generation) throws IOException {
				Path library = generation.directory().resolve("lib/a.jar");
				FileTime time = Files.getLastModifiedTime(library);
				change(library);
				Files.write(library, new byte[3]);
				Files.setLastModifiedTime(library, time);
			}
		},
		WRITTEN_LIBRARY {
			@Override
			void to(Generation generation) throws IOException {
				Path library = generation.directory().resolve("lib/a.jar");
				change(library);
				Files.write(library, new byte[(int) Files.size(library)]);
			}
		},
		MISSING_APPLICATION {
			@Override
			void to(Generation generation) throws IOException {
				Files.delete(generation.jar());
			}
		},
		MISSING_LIST {
			@Override
			void to(Generation generation) throws IOException {
				Files.delete(generation.directory().resolve("contents"));
			}
		},
		EMPTY_LIST {
			@Override
			void to(Generation generation) throws IOException {
				Path list = generation.directory().resolve("contents");
				change(list);
				Files.write(list, new byte[0]);
			}
		},
		CUT_LIST {
			@Override
			void to(Generation generation) throws IOException {
				Path list = generation.directory().resolve("contents");
				List<String> lines = Files.readAllLines(list);
				change(list);
				Files.write(list, lines.subList(0, 4));
				Files.delete(generation.directory().resolve("lib/b.jar"));
			}
		},
		HALF_WRITTEN {
			@Override
			void to(Generation generation) throws IOException {
				MISSING_LIST.to(generation);
				MISSING_APPLICATION.to(generation);
				MISSING_LIBRARY.to(generation);
			}
		},
		A_FILE_IN_ITS_PLACE {
			@Override
			void to(Generation generation) throws IOException {
				Files.move(generation.directory(), generation.directory().resolveSibling("new-1"));
				Files.writeString(generation.directory(), "x");
				Files.setLastModifiedTime(generation.directory().resolveSibling("new-1"), FileTime.fromMillis(0));
			}
		};

		abstract void to(Generation generation) throws IOException;

	}

	@ParameterizedTest
	@EnumSource
	void aDamagedGenerationIsMadeAgain(Damage damage) throws IOException {
		GenerationStore store = new GenerationStore(this.workDir, LATER);
		Generation generation = store.of(this.jar);
		Map<String, String> before = files(generation.directory());
		damage.to(generation);
		assertThat(store.of(this.jar)).isEqualTo(generation);
		assertThat(files(generation.directory())).isEqualTo(before);
		assertThat(generations()).containsExactly(generation.id());
	}

	@Test
	void aDamagedGenerationThatCannotBeMadeAgainIsAFailure() throws IOException {
		Generation generation = make();
		Damage.MISSING_LIBRARY.to(generation);
		Files.delete(this.jar);
		assertThatIOException().isThrownBy(this::make)
			.withMessage("cannot copy %s to %s: %s does not exist", this.jar, this.workDir, this.jar);
	}

	@Test
	void aGenerationThatIsFoundCountsAsUsedFromThen() throws IOException {
		Generation generation = make();
		Instant now = Instant.parse("2030-01-01T00:00:00Z");
		assertThat(new GenerationStore(this.workDir, Clock.fixed(now, ZoneOffset.UTC)).of(this.jar))
			.isEqualTo(generation);
		assertThat(Files.getLastModifiedTime(generation.directory()).toInstant()).isEqualTo(now);
	}

	@Test
	void aStagingDirectoryOfAKilledStartIsRemovedAfterAnHour() throws IOException {
		Path old = Files.createDirectories(this.workDir.directory("generations").resolve("new-1/copy"));
		Files.writeString(old.resolve("x"), "");
		Files.setLastModifiedTime(old.getParent(), FileTime.from(Instant.now().minusSeconds(3700)));
		Path recent = Files.createDirectory(this.workDir.resolve("generations").resolve("new-2"));
		Files.setLastModifiedTime(recent, FileTime.from(Instant.now().minusSeconds(3500)));
		make();
		assertThat(old.getParent()).doesNotExist();
		assertThat(recent).exists();
	}

	@Test
	void startsAtTheSameTimeShareOneGeneration() throws Exception {
		assertThat(concurrently(6, this::make)).containsOnly(make());
		assertThat(generations()).hasSize(1);
	}

	@Test
	void repairsAtTheSameTimeMakeOneCompleteGeneration() throws Exception {
		Generation generation = make();
		for (int i = 0; i < 10; i++) {
			Damage.MISSING_LIBRARY.to(generation);
			assertThat(concurrently(4, this::make)).containsOnly(generation);
			assertThat(GenerationManifest.check(generation.directory())).contains(generation);
			assertThat(generations()).containsExactly(generation.id());
		}
	}

	private interface Start {

		Generation make() throws IOException;

	}

	private static Queue<Object> concurrently(int count, Start start) throws InterruptedException {
		Queue<Object> results = new ConcurrentLinkedQueue<>();
		CountDownLatch latch = new CountDownLatch(1);
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			Thread thread = new Thread(() -> {
				try {
					latch.await();
					results.add(start.make());
				}
				catch (IOException | InterruptedException ex) {
					results.add(ex);
				}
			});
			threads.add(thread);
			thread.start();
		}
		latch.countDown();
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(results).hasSize(count);
		return results;
	}

	@Test
	void processesShareOneGeneration() throws Exception {
		List<Process> processes = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			processes.add(new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-cp",
					location(GenerationStore.class) + ":" + location(OtherProcess.class), OtherProcess.class.getName(),
					this.workDir.toString(), this.jar.toString())
				.redirectErrorStream(true)
				.start());
		}
		Generation generation = make();
		for (Process process : processes) {
			assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
				.isEqualToIgnoringNewLines(generation.toString());
		}
		assertThat(generations()).containsExactly(generation.id());
	}

	private static String location(Class<?> type) {
		return type.getProtectionDomain().getCodeSource().getLocation().getPath();
	}

	static final class OtherProcess {

		private OtherProcess() {
		}

		public static void main(String[] args) throws IOException {
			System.out.println(new GenerationStore(WorkDir.open(Path.of(args[0]))).of(Path.of(args[1])));
		}

	}

	/**
	 * Return a clock that changes the jar when it is read: once before the first attempt,
	 * and once in each attempt.
	 */
	private Clock disturbing(int attempts) {
		AtomicInteger calls = new AtomicInteger();
		return new Clock() {

			@Override
			public ZoneId getZone() {
				return ZoneOffset.UTC;
			}

			@Override
			public Clock withZone(ZoneId zone) {
				return this;
			}

			@Override
			public Instant instant() {
				int call = calls.getAndIncrement();
				if (call <= attempts) {
					try {
						SampleJar.executable()
							.with("call", Integer.toString(call))
							.write(GenerationStoreTests.this.jar);
					}
					catch (IOException ex) {
						throw new UncheckedIOException(ex);
					}
				}
				return Instant.now();
			}

		};
	}

	@Test
	void aJarThatChangesOnceIsReadAgain() throws IOException {
		Generation generation = new GenerationStore(this.workDir, disturbing(2)).of(this.jar);
		assertThat(generation.jar()).hasSameBinaryContentAs(this.jar);
		assertThat(generations()).containsExactly(generation.id());
	}

	@Test
	void aJarThatChangesBetweenTheReadsIsRefused() throws IOException {
		assertThatIOException().isThrownBy(() -> new GenerationStore(this.workDir, disturbing(100)).of(this.jar))
			.withMessage("cannot copy %s to %s: %s is being written to", this.jar, this.workDir, this.jar);
		assertThat(generations()).isEmpty();
	}

	@Test
	void aJarThatIsWrittenToWhileItIsReadIsRefused() throws Exception {
		SampleJar.executable().with("large.jar", new byte[16 * 1024 * 1024]).write(this.jar);
		AtomicBoolean end = new AtomicBoolean();
		CountDownLatch started = new CountDownLatch(1);
		Thread writer = new Thread(() -> {
			try (RandomAccessFile file = new RandomAccessFile(this.jar.toFile(), "rw")) {
				while (!end.get()) {
					// The same byte, so only the time of the file changes.
					file.seek(0);
					file.write('P');
					started.countDown();
				}
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
		writer.start();
		try {
			started.await();
			assertThatIOException().isThrownBy(this::make).withMessageEndingWith(this.jar + " is being written to");
		}
		finally {
			end.set(true);
			writer.join();
		}
		assertThat(generations()).isEmpty();
		assertThat(make().jar()).hasSameBinaryContentAs(this.jar);
	}

	@Test
	void aFileThatIsNotAJarIsRefused() throws IOException {
		Files.writeString(this.jar, "hello");
		assertThatIOException().isThrownBy(this::make)
			.withMessageStartingWith(this.jar + " is not an executable jar: ")
			.withMessageContaining("zip");
		Files.write(this.jar, new byte[0]);
		assertThatIOException().isThrownBy(this::make)
			.withMessage(this.jar + " is not an executable jar: zip file is empty");
		assertThat(generations()).isEmpty();
	}

	@Test
	void aTruncatedJarIsRefused() throws IOException {
		byte[] bytes = Files.readAllBytes(this.jar);
		Files.write(this.jar, Arrays.copyOf(bytes, bytes.length / 2));
		assertThatIOException().isThrownBy(this::make)
			.withMessageStartingWith(this.jar + " is not an executable jar: ");
		assertThat(generations()).isEmpty();
	}

	@Test
	void aJarWithADamagedLibraryIsRefused() throws IOException {
		byte[] bytes = Files.readAllBytes(this.jar);
		int library = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("BOOT-INF/lib/b.jar");
		bytes[library + 80] ^= 1;
		Files.write(this.jar, bytes);
		assertThatIOException().isThrownBy(this::make)
			.withMessage(this.jar + " is not an executable jar: its entry BOOT-INF/lib/b.jar is damaged");
		assertThat(generations()).isEmpty();
	}

	@Test
	void aJarWithoutAMainClassIsRefused() throws IOException {
		SampleJar.plain().write(this.jar);
		assertThatIOException().isThrownBy(this::make)
			.withMessage(this.jar + " is not an executable jar: its manifest has no Main-Class");
	}

	@Test
	void aDirectoryOrAMissingFileIsRefused() throws IOException {
		assertThatIOException().isThrownBy(() -> new GenerationStore(this.workDir).of(this.directory))
			.withMessage(this.directory + " is not an executable jar: it is not a file");
		Path missing = this.directory.resolve("missing.jar");
		assertThatIOException().isThrownBy(() -> new GenerationStore(this.workDir).of(missing))
			.withMessage("cannot copy %s to %s: %s does not exist", missing, this.workDir, missing);
	}

	@Test
	void aFullDiskIsReportedAndNothingIsLeftOnIt() throws Exception {
		try (SmallDisk disk = SmallDisk.mount(this.directory.resolve("disk"))) {
			this.workDir = WorkDir.open(disk.path().resolve("work"));
			SampleJar.boot().with("BOOT-INF/lib/large.jar", new byte[700 * 1024]).write(this.jar);
			assertThatIOException().isThrownBy(this::make)
				.withMessageStartingWith("cannot copy %s to %s: No space left on device", this.jar, this.workDir);
			assertThat(generations()).isEmpty();
			SampleJar.boot().write(this.jar);
			assertThat(make().jar()).exists();
		}
	}

	@Test
	void aReadOnlyFileSystemIsReportedUnlessTheGenerationExists() throws Exception {
		try (SmallDisk disk = SmallDisk.mount(this.directory.resolve("disk"))) {
			this.workDir = WorkDir.open(disk.path().resolve("work"));
			Generation generation = make();
			Path known = Files.copy(this.jar, this.directory.resolve("known.jar"), StandardCopyOption.COPY_ATTRIBUTES);
			new GenerationStore(this.workDir, LATER).of(known);
			disk.makeReadOnly();
			assertThat(new GenerationStore(this.workDir).of(known).form()).isEqualTo(Form.EXTRACTED);
			SampleJar.boot().write(this.jar);
			assertThatIOException().isThrownBy(this::make)
				.withMessageStartingWith("cannot copy %s to %s: Read-only file system", this.jar, this.workDir);
			assertThat(generation.jar()).exists();
		}
	}

}
