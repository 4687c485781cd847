package io.unicorn.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sends real signals to a process of its own.
 */
@Timeout(60)
class TermSignalTests {

	/** Ends at the second TERM. */
	static final class Program {

		private static int asked;

		private Program() {
		}

		public static void main(String[] arguments) throws InterruptedException {
			TermSignal.ask(() -> asked++ == 0);
			System.out.println("up");
			Thread.sleep(60_000);
		}

	}

	private static Process start(String... flags) throws Exception {
		List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
		command.addAll(List.of(flags));
		command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
				Program.class.getName()));
		Process process = new ProcessBuilder(command).start();
		process.getInputStream().read();
		return process;
	}

	@Test
	void anAnswerKeepsTheProcessAliveAndTheJvmHandlesTheSignalWithoutOne() throws Exception {
		Process process = start();
		process.destroy();
		assertThat(process.waitFor(1, TimeUnit.SECONDS)).isFalse();
		process.destroy();
		assertThat(process.waitFor()).isEqualTo(143);
	}

	@Test
	void aJvmThatHandlesNoSignalsEndsAsBefore() throws Exception {
		Process process = start("-Xrs");
		process.destroy();
		assertThat(process.waitFor()).isEqualTo(143);
	}

}
