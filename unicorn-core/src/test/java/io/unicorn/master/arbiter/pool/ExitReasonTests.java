package io.unicorn.master.arbiter.pool;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ExitReasonTests {

	private static ExitReason exit(Worker worker, int code, int signal, boolean oom) {
		return ExitReason.of(worker, new Event.Exited(worker.id(), code, signal, oom));
	}

	@ParameterizedTest(name = "code {0}, signal {1}, out of memory {2}: {3}")
	@CsvSource({ "0, 0, false, crashed, 'exit code 0'", "1, 0, false, crashed, 'exit code 1'",
			"3, 0, false, out-of-memory, 'exit code 3, OutOfMemoryError (the JVM exits with 3 when its heap is exhausted)'",
			"143, 0, false, terminated, 'exit code 143, after signal 15 (SIGTERM)'",
			"130, 0, false, terminated, 'exit code 130, after signal 2 (SIGINT)'",
			"129, 0, false, crashed, 'exit code 129'", "-1, 9, false, killed, 'killed by signal 9 (SIGKILL)'",
			"-1, 9, true, out-of-memory, 'killed by signal 9 (SIGKILL), the kernel ran out of memory (OOM killer)'",
			"-1, 6, false, crashed, 'the JVM crashed with signal 6 (SIGABRT), see its hs_err_pid file'",
			"-1, 11, true, crashed, 'the JVM crashed with signal 11 (SIGSEGV), see its hs_err_pid file'",
			"-1, 7, false, crashed, 'the JVM crashed with signal 7 (SIGBUS), see its hs_err_pid file'",
			"-1, 15, false, crashed, 'killed by signal 15 (SIGTERM)'",
			"-1, 31, false, crashed, 'killed by signal 31'" })
	void theExitOfAWorkerThatServedIsExplained(int code, int signal, boolean oom, String reason, String words) {
		assertThat(exit(Workers.ready(1), code, signal, oom)).isEqualTo(new ExitReason(reason, words, false));
	}

	@ParameterizedTest
	@CsvSource({ "0, 0", "1, 0", "3, 0", "143, 0", "-1, 9", "-1, 11" })
	void whateverEndsABootIsAFailedBoot(int code, int signal) {
		assertThat(exit(Workers.booting(1), code, signal, false)).satisfies((exit) -> {
			assertThat(exit.reason()).isEqualTo(ExitReason.BOOT_FAILED);
			assertThat(exit.expected()).isFalse();
		});
	}

	@ParameterizedTest
	@CsvSource({ "0, reload", "143, scaled-down", "130, shutdown", "0, max-requests" })
	void aDrainingWorkerThatExitsCleanlyDidWhatItWasTold(int code, String reason) {
		assertThat(exit(Workers.leaving(1, WorkerState.DRAINING, reason), code, 0, false))
			.isEqualTo(new ExitReason(reason, "exited", true));
	}

	@ParameterizedTest
	@CsvSource({ "1, 0, crashed", "-1, 9, killed", "3, 0, out-of-memory", "-1, 11, crashed" })
	void aDrainingWorkerThatBreaksDownIsCountedAsThat(int code, int signal, String reason) {
		ExitReason exit = exit(Workers.leaving(1, WorkerState.DRAINING, ExitReason.RELOAD), code, signal, false);
		assertThat(exit.reason()).isEqualTo(reason);
		assertThat(exit.expected()).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "hung, false", "boot-timeout, false", "reload, false", "killed, false", "shutdown, true",
			"scaled-down, true" })
	void aKilledWorkerIsCountedUnderTheReasonOfItsDeath(String reason, boolean expected) {
		assertThat(exit(Workers.leaving(1, WorkerState.EXITING, reason), -1, 9, false))
			.isEqualTo(new ExitReason(reason, "killed by signal 9 (SIGKILL)", expected));
	}

	@Test
	void aLineSaysWhatHappenedAndHowLongTheWorkerLived() {
		Worker worker = Workers.ready(1);
		assertThat(exit(worker, -1, 9, false).line(worker, Workers.SPAWNED.plus(Duration.ofHours(3))))
			.isEqualTo("exited: killed by signal 9 (SIGKILL) after 3 h");
		Worker leaving = Workers.leaving(1, WorkerState.DRAINING, ExitReason.RELOAD);
		assertThat(exit(leaving, 143, 0, false).line(leaving, Workers.SPAWNED.plusSeconds(42)))
			.isEqualTo("exited (reload) after 42 s");
	}

}
