package io.unicorn.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class OpenFilesTests {

	@TempDir
	private Path directory;

	@ParameterizedTest
	@CsvSource({ "64, 64", "1048576, 1048576", "unlimited, 9223372036854775807" })
	void theLimitIsThatOfTheKernel(String soft, long limit) throws IOException {
		Path limits = Files.writeString(this.directory.resolve("limits"), """
				Limit                     Soft Limit           Hard Limit           Units
				Max processes             96306                96306                processes
				Max open files            %-20s 1048577              files
				""".formatted(soft));
		assertThat(OpenFiles.limit(limits)).isEqualTo(limit);
	}

	@Test
	void withoutProcThereIsNoLimit() {
		assertThat(OpenFiles.limit(this.directory.resolve("limits"))).isEqualTo(Long.MAX_VALUE);
		assertThat(OpenFiles.limit()).isPositive();
	}

	@Test
	void moreWorkersNeedMore() {
		assertThat(OpenFiles.neededFor(8)).isGreaterThan(OpenFiles.neededFor(1)).isLessThan(200);
	}

}
