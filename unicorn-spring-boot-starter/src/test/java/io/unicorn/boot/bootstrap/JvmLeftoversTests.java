package io.unicorn.boot.bootstrap;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class JvmLeftoversTests {

	@ParameterizedTest
	@CsvSource({ "/tmp/app.jar-spring-boot-libs-12ab/a.jar, /tmp/app.jar-spring-boot-libs-12ab",
			"/tmp/2026_11_30_05_44_12_4711/2026_11_30_05_44_12.jfr, /tmp/2026_11_30_05_44_12_4711",
			"/logs/gc-{worker}.log, /logs/gc-{worker}.log", "/tmp/2026_11_30_05_44_12_4712/a.jfr,",
			"/tmp/r_4711/app.log,", "/logs/gc.log,", "/app.jar,", "/," })
	void whatTheJvmWouldDeleteIsRecognizedByWhatItHasOpen(Path open, @Nullable Path leftover) {
		assertThat(new JvmLeftovers(4711).leftover(open)).isEqualTo(leftover);
	}

	@Test
	void aDirectoryIsDeletedWithWhatIsInIt(@TempDir Path temporary) throws IOException {
		Path directory = Files.createDirectory(temporary.resolve("app.jar-spring-boot-libs-12ab"));
		Path jar = Files.createFile(directory.resolve("a.jar"));
		RandomAccessFile open = new RandomAccessFile(jar.toFile(), "r");
		// No process id of a JVM, so that the files of this one stay.
		new JvmLeftovers(-1).delete();
		open.close();
		assertThat(directory).doesNotExist();
		assertThat(temporary).exists();
	}

}
