package io.unicorn.sample.bench;

import java.io.IOException;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ProcFile}.
 */
class ProcFileTests {

	@Test
	void aFigureIsFoundByItsWholeName() {
		String rollup = """
				00400000-7fff [rollup]
				Rss:              204800 kB
				Pss:              102400 kB
				Pss_Dirty:         51200 kB
				SwapPss:               0 kB
				""";
		assertThat(ProcFile.mebibytes(rollup, "Pss")).isEqualTo(100);
		assertThatIllegalArgumentException().isThrownBy(() -> ProcFile.mebibytes(rollup, "Dirty"));
	}

	@Test
	void theFirstNumberOfSchedstatIsTimeOnAProcessor() {
		assertThat(ProcFile.firstNumber("209973 11 1\n")).isEqualTo(209973);
	}

	@Test
	void thisProcessHasMemoryAndUsesTheProcessor() throws IOException {
		long pid = ProcessHandle.current().pid();
		Duration before = ProcFile.cpu(pid);
		long sum = 0;
		while (ProcFile.cpu(pid).equals(before)) {
			sum++;
		}
		assertThat(sum).isNotNegative();
		assertThat(ProcFile.rss(pid)).isGreaterThan(10);
		assertThat(ProcFile.pss(pid)).isBetween(10.0, ProcFile.rss(pid) + 64);
	}

}
