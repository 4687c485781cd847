package io.unicorn.master.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Looks at this process.
 */
class HeapDumpTests {

	@TempDir
	private Path directory = Path.of("");

	private static HeapDump look() {
		return HeapDump.of((int) ProcessHandle.current().pid(), Path.of("/proc"));
	}

	private Path file(String name, String content) throws IOException {
		return Files.writeString(this.directory.toRealPath().resolve(name), content);
	}

	@ParameterizedTest
	@ValueSource(strings = { "java_pid7.hprof", "heap.hprof.gz", "heap.hprof.p3" })
	void aFileThatIsOpenForWritingIsFoundByItsName(String name) throws IOException {
		Path file = file(name, "12345");
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
			assertThat(channel.isOpen()).isTrue();
			assertThat(look()).isEqualTo(new HeapDump(file.toString(), 5));
		}
		assertThat(look()).isEqualTo(new HeapDump("", 0));
	}

	@Test
	void aFileIsFoundByItsContent() throws IOException {
		Path file = file("dump", "JAVA PROFILE 1.0.2");
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
			assertThat(channel.isOpen()).isTrue();
			assertThat(look().file()).isEqualTo(file.toString());
		}
	}

	@Test
	void partsCountTogether() throws IOException {
		try (FileChannel one = FileChannel.open(file("a.hprof.p0", "123"), StandardOpenOption.WRITE);
				FileChannel other = FileChannel.open(file("a.hprof.p1", "12"), StandardOpenOption.WRITE)) {
			assertThat(one.isOpen() && other.isOpen()).isTrue();
			assertThat(look().sizeBytes()).isEqualTo(5);
		}
	}

	@Test
	void aFileThatIsReadOrIsNoDumpIsNone() throws IOException {
		try (FileChannel read = FileChannel.open(file("a.hprof", "123"), StandardOpenOption.READ);
				FileChannel log = FileChannel.open(file("app.log", "123"), StandardOpenOption.WRITE)) {
			assertThat(read.isOpen() && log.isOpen()).isTrue();
			assertThat(look().file()).isEmpty();
		}
	}

	@Test
	void aProcessThatHasEndedWritesNone() {
		assertThat(HeapDump.of(4711, this.directory)).isEqualTo(new HeapDump("", 0));
	}

}
