package io.unicorn.master.event;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.unicorn.master.arbiter.pool.ProcessSignal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class IgnoredSignalsTests {

	private static final List<ProcessSignal> SIGNALS = List.of(ProcessSignal.TERM, ProcessSignal.HUP,
			ProcessSignal.INT);

	@TempDir
	private Path directory;

	private List<ProcessSignal> ignored(String ignored, String blocked) throws IOException {
		Path status = this.directory.resolve("status");
		Files.writeString(status, "Name:\tjava\nSigBlk:\t" + blocked + "\nSigIgn:\t" + ignored + "\nSigCgt:\tff\n");
		return IgnoredSignals.of(SIGNALS, status);
	}

	@Test
	void whatIsIgnoredAndNotBlockedIsLost() throws IOException {
		assertThat(ignored("0000000000000003", "0000000000000002")).containsExactly(ProcessSignal.HUP);
		assertThat(ignored("0000000000004003", "0000000000000000")).containsExactly(ProcessSignal.HUP,
				ProcessSignal.INT, ProcessSignal.TERM);
		assertThat(ignored("0000000000004003", "ffffffffffffffff")).isEmpty();
		assertThat(ignored("0000000000000000", "0000000000000000")).isEmpty();
	}

	@Test
	void aSystemThatDoesNotTellHasNone() {
		assertThat(IgnoredSignals.of(SIGNALS, this.directory.resolve("none"))).isEmpty();
	}

}
