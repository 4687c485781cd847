package io.unicorn.master.process;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

class SharedFilesTests {

	private static final int PID = (int) ProcessHandle.current().pid();

	@TempDir
	Path directory;

	private final List<String> warnings = new ArrayList<>();

	private SharedFiles files() {
		return new SharedFiles(Path.of("/proc"), PID, Path.of("/work"), Path.of("/log/app.log"), this.warnings::add);
	}

	@Test
	void aFileThatTwoWorkersWriteIsToldOnce() {
		SharedFiles files = files();
		Map<Integer, List<WrittenFile>> both = Map.of(1, List.of(file("/l/a.log")), 2, List.of(file("/l/a.log")));
		assertThat(files.compare(both, Set.of())).singleElement()
			.asString()
			.contains("pid 1", "pid 2", "append to the same file /l/a.log: ", "${unicorn.worker.index}", "https://");
		assertThat(files.compare(both, Set.of())).isEmpty();
	}

	@Test
	void writersThatDoNotAppendOverwriteEachOther() {
		WrittenFile written = new WrittenFile("/l/data", "key", false);
		assertThat(
				files().compare(Map.of(1, List.of(file("/l/a")), 2, List.of(written), 3, List.of(written)), Set.of()))
			.singleElement()
			.asString()
			.contains("pid 2", "pid 3", "write the same file /l/data", "overwrite")
			.doesNotContain("pid 1");
	}

	@Test
	void anotherFileOfTheSameNameAndTheSameFileTwiceInOneWorkerAreNotShared() {
		assertThat(files()
			.compare(Map.of(1, List.of(new WrittenFile("/l/a", "old", true), new WrittenFile("/l/a", "old", true)), 2,
					List.of(new WrittenFile("/l/a", "new", true))), Set.of()))
			.isEmpty();
	}

	@Test
	void whatIsMadeForSharingIsNotTold() {
		List<WrittenFile> written = List.of(file("/work/generations/a/b"), file("/l/.lock"), file("/l/db.lck"),
				file("/l/s.db-wal"), file("/l/rocks/LOCK"), file("/l/out.log"));
		assertThat(files().compare(Map.of(1, written, 2, written), Set.of("key of /l/out.log"))).isEmpty();
	}

	@Test
	void warningsHaveAnEnd() {
		List<WrittenFile> written = IntStream.range(0, 100).mapToObj((i) -> file("/l/" + i)).toList();
		assertThat(files().compare(Map.of(1, written, 2, written), Set.of())).hasSize(10);
	}

	@Test
	void theKernelShowsWhatAProcessWrites() throws IOException {
		Path real = this.directory.toRealPath();
		Path appended = Files.writeString(this.directory.resolve("appended"), "x");
		Path written = Files.writeString(this.directory.resolve("written"), "x");
		Path read = Files.writeString(this.directory.resolve("read"), "x");
		Path empty = this.directory.resolve("empty");
		Path deleted = Files.writeString(this.directory.resolve("deleted"), "x");
		Path sqlite = Files.writeString(this.directory.resolve("shop.db"), "SQLite format 3\0...");
		List<Closeable> open = List.of(new FileOutputStream(appended.toFile(), true),
				new RandomAccessFile(written.toFile(), "rw"), Files.newInputStream(read), Files.newOutputStream(empty),
				new FileOutputStream(deleted.toFile(), true), new RandomAccessFile(sqlite.toFile(), "rw"));
		Files.delete(deleted);
		assertThat(new WrittenFiles(Path.of("/proc")).of(PID))
			.filteredOn((file) -> file.path().startsWith(real.toString()))
			.extracting(WrittenFile::path, WrittenFile::appends)
			.containsExactlyInAnyOrder(tuple(real.resolve("appended").toString(), true),
					tuple(real.resolve("written").toString(), false));
		for (Closeable file : open) {
			file.close();
		}
	}

	@Test
	void aProcessThatHasEndedWritesNothing() {
		assertThat(new WrittenFiles(this.directory).of(1)).isEmpty();
	}

	@Test
	void twoProcessesThatShareAFileAreFoundAndWhatTheyHaveFromTheMasterIsNot() throws Exception {
		Path log = Files.writeString(this.directory.resolve("app.log"), "x");
		Path inherited = Files.writeString(this.directory.resolve("out.log"), "x");
		OutputStream ours = new FileOutputStream(inherited.toFile(), true);
		Process one = writer(log, inherited);
		Process two = writer(log, inherited);
		try {
			files().compare(List.of((int) one.pid(), (int) two.pid()));
		}
		finally {
			one.destroy();
			two.destroy();
			ours.close();
		}
		assertThat(this.warnings).singleElement().asString().contains(log.toRealPath().toString());
	}

	/** Start a process that has two files open, and wait until it has. */
	private static Process writer(Path one, Path two) throws IOException {
		Process process = new ProcessBuilder("sh", "-c", "exec 3>>" + one + " 4>>" + two + "; echo; read line").start();
		assertThat(process.getInputStream().read()).isEqualTo('\n');
		return process;
	}

	private static WrittenFile file(String path) {
		return new WrittenFile(path, "key of " + path, true);
	}

}
