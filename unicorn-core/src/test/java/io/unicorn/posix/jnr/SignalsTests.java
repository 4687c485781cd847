package io.unicorn.posix.jnr;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

import io.unicorn.posix.Command;
import io.unicorn.posix.Exit;
import io.unicorn.posix.PosixException;
import io.unicorn.posix.SignalSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SignalsTests {

	private final JnrPosix posix = new JnrPosix();

	private final Shells shells = new Shells(this.posix);

	@TempDir
	@SuppressWarnings("NullAway.Init")
	Path directory;

	@AfterEach
	void endAll() throws InterruptedException {
		this.shells.endAll();
	}

	@Test
	void signalsStayPendingInAnExec() throws Exception {
		assertThat(upgrade(SignalMain.SIGNALS)).containsExactly("second: 15",
				"third: " + new TreeSet<>(SignalMain.SIGNALS));
	}

	@Test
	void aSignalThatIsIgnoredFromTheStartStaysIgnored() throws Exception {
		Set<Integer> others = new TreeSet<>(SignalMain.SIGNALS);
		others.remove(1);
		assertThat(upgrade(others)).containsExactly("second: 15", "third: " + others);
	}

	@Test
	void aFailedExecLeavesTheSignalsAsTheyWere() throws Exception {
		List<String> before = signals();
		assertThatExceptionOfType(PosixException.class).isThrownBy(() -> this.posix
			.exec(new Command("/no/such/program", List.of("x"), List.of()), Set.of(), SignalMain.SIGNALS));
		assertThat(signals()).isEqualTo(before);
	}

	@Test
	void aJvmThatShutsDownDoesNotExecuteAnotherProgram() throws Exception {
		Path out = this.directory.resolve("out");
		int pid = this.shells.start(Shells.java(ShutdownMain.class, out.toString()));
		assertThat(this.shells.await()).isEqualTo(new Exit(pid, 128 + 15, 0));
		assertThat(out).doesNotExist();
	}

	@Test
	void aClosedSourceCannotBeUsed() throws Exception {
		SignalSource source = this.posix.signals(Set.of(10));
		source.close();
		source.close();
		assertThatIllegalStateException().isThrownBy(() -> source.run((signal) -> {
		}));
	}

	@Test
	void aNumberThatIsNotASignalIsRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.posix.signals(Set.of(0)));
		assertThatIllegalArgumentException().isThrownBy(() -> this.posix.signals(Set.of(65)));
	}

	private List<String> upgrade(Set<Integer> expected) throws IOException, InterruptedException {
		Path out = this.directory.resolve("out");
		Command program = Shells.java(SignalMain.class, out.toString(), "" + expected.size(), "first");
		// A child ignores SIGTTOU, and a master is not started by spawn.
		List<String> arguments = new ArrayList<>(List.of("env", "--default-signal=TTOU", program.executable()));
		arguments.addAll(program.arguments().subList(1, program.arguments().size()));
		int pid = this.shells.start(new Command("/usr/bin/env", arguments, program.environment()));
		assertThat(this.shells.await()).isEqualTo(new Exit(pid, 0, 0));
		return Files.readAllLines(out);
	}

	private static List<String> signals() throws IOException {
		try (var lines = Files.lines(Path.of("/proc/thread-self/status"))) {
			return lines.filter((line) -> line.matches("Sig(Blk|Ign|Cgt):.*")).toList();
		}
	}

}
