package io.unicorn.master.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ProcessFiguresTests {

	private static final int PID = 4711;

	private static final long SECOND = 1_000_000_000L;

	@TempDir
	private Path proc = Path.of("");

	private ProcessFigures figures = new ProcessFigures(this.proc);

	@BeforeEach
	void create() throws IOException {
		this.figures = new ProcessFigures(this.proc);
		Files.writeString(this.proc.resolve("uptime"), "1100.50 2000.00\n");
		Files.createDirectory(this.proc.resolve("4711"));
	}

	/** A process that the system has started 1000 seconds after itself. */
	private void process(int userTicks, int systemTicks, int threads, String status) throws IOException {
		Files.writeString(this.proc.resolve("4711/stat"), "4711 (a) b) (java) S 1 4711 4711 0 -1 4194560 1 0 0 0 "
				+ userTicks + " " + systemTicks + " 0 0 20 0 " + threads + " 0 100000 123456 789\n");
		Files.writeString(this.proc.resolve("4711/status"), "Name:\tjava\n" + status + "Threads:\t1\n");
	}

	@Test
	void theFirstShareIsThatSinceTheStartOfTheProcess() throws IOException {
		process(2000, 10, 61, "VmRSS:\t  250000 kB\n");
		assertThat(this.figures.of(PID, 0)).isEqualTo(new ProcessFigures.Figures(256_000_000, 20.0, 61));
	}

	@Test
	void aLaterShareIsThatSinceTheLastQuestion() throws IOException {
		process(2000, 10, 61, "VmRSS:\t  250000 kB\n");
		this.figures.of(PID, 0);
		process(2400, 10, 62, "VmRSS:\t  250001 kB\n");
		assertThat(this.figures.of(PID, 2 * SECOND)).isEqualTo(new ProcessFigures.Figures(256_001_024, 200.0, 62));
	}

	@Test
	void whoeverAsksAgainWithinASecondGetsTheSameAnswer() throws IOException {
		process(2000, 10, 61, "VmRSS:\t  250000 kB\n");
		ProcessFigures.Figures first = this.figures.of(PID, 0);
		process(2400, 10, 62, "VmRSS:\t  250001 kB\n");
		assertThat(this.figures.of(PID, SECOND - 1)).isEqualTo(first);
		this.figures.retain(Set.of());
		assertThat(this.figures.of(PID, SECOND - 1).threads()).isEqualTo(62);
	}

	@Test
	void nothingIsKnownOfAProcessThatHasEnded() throws IOException {
		assertThat(this.figures.of(PID, 0)).isEqualTo(ProcessFigures.Figures.UNKNOWN);
		process(1, 1, 1, "");
		assertThat(this.figures.of(PID, SECOND).rssBytes()).isZero();
	}

	@Test
	void thisProcessHasMemoryAndThreads() {
		ProcessFigures.Figures own = new ProcessFigures(Path.of("/proc")).of((int) ProcessHandle.current().pid(), 0);
		assertThat(own.rssBytes()).isGreaterThan(1_000_000);
		assertThat(own.threads()).isGreaterThan(1);
		assertThat(own.cpuPercent()).isPositive();
	}

}
