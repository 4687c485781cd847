package io.unicorn.master.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.unicorn.master.arbiter.pool.ProcessSignal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class SignalHandlersTests {

	@TempDir
	private Path proc = Path.of("");

	@Test
	void thisJvmHandlesTheSignalForAThreadDumpAndCannotHandleKill() {
		SignalHandlers own = SignalHandlers.of((int) ProcessHandle.current().pid(), Path.of("/proc"));
		assertThat(own.handles(ProcessSignal.QUIT)).isTrue();
		assertThat(own.handles(ProcessSignal.KILL)).isFalse();
	}

	@Test
	void aJvmWithoutSignalHandlersDoesNotHandleIt() throws IOException {
		Files.writeString(Files.createDirectory(this.proc.resolve("7")).resolve("status"),
				"Name:\tjava\nSigIgn:\tffffffffffffffff\nSigCgt:\t0000000000000008\n");
		assertThat(SignalHandlers.of(7, this.proc).handles(ProcessSignal.QUIT)).isFalse();
		assertThat(SignalHandlers.of(7, this.proc).handles(ProcessSignal.TERM)).isFalse();
		assertThat(SignalHandlers.of(8, this.proc).handles(ProcessSignal.QUIT)).isFalse();
	}

}
