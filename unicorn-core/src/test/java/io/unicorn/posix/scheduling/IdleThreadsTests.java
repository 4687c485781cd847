package io.unicorn.posix.scheduling;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.unicorn.posix.jnr.JnrPosix;
import io.unicorn.posix.jnr.Shells;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static io.unicorn.posix.scheduling.Threads.NAMED;
import static io.unicorn.posix.scheduling.Threads.assumeNiceIsReversible;
import static io.unicorn.posix.scheduling.Threads.scheduling;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Makes threads of one name idle.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class IdleThreadsTests {

	private static final int SCHED_OTHER = 0;

	private static final int SCHED_BATCH = 3;

	private static final int SCHED_IDLE = 5;

	private final JnrPosix posix = new JnrPosix();

	private final Shells shells = new Shells(this.posix);

	@TempDir
	private Path directory = Path.of("");

	@AfterEach
	void endAll() throws InterruptedException {
		this.shells.endAll();
	}

	private int startSleeper() throws Exception {
		return Threads.start(this.shells, this.directory);
	}

	@Test
	void onlyThreadsOfThatNameAreIdle() throws Exception {
		assumeNiceIsReversible();
		int pid = startSleeper();
		assertThat(this.posix.scheduleIdle(pid, NAMED)).isTrue();
		List<Integer> idle = Threads.named(pid);
		assertThat(idle).isNotEmpty();
		assertThat(idle).allMatch((thread) -> scheduling(thread).policy() == SCHED_IDLE);
		assertThat(Tasks.of(pid)).filteredOn((thread) -> !idle.contains(thread))
			.isNotEmpty()
			.allMatch((thread) -> scheduling(thread).policy() == SCHED_OTHER);
		this.posix.scheduleNormally(pid, NAMED);
		assertThat(Tasks.of(pid)).allMatch((thread) -> scheduling(thread).policy() == SCHED_OTHER);
	}

	@Test
	void anIdleThreadGetsTheNiceValueOfItsProcessAgain() throws Exception {
		assumeNiceIsReversible();
		int own = new Niceness(Threads.CALLS).own();
		int pid = startSleeper();
		this.posix.background(pid, Integer.MAX_VALUE);
		this.posix.scheduleIdle(pid, NAMED);
		this.posix.foreground(pid);
		this.posix.scheduleNormally(pid, NAMED);
		assertThat(Threads.named(pid)).isNotEmpty().allMatch((thread) -> scheduling(thread).nice() == own);
		this.posix.scheduleIdle(pid, NAMED);
		this.posix.background(pid, Integer.MAX_VALUE);
		this.posix.scheduleNormally(pid, NAMED);
		assertThat(Threads.named(pid)).allMatch((thread) -> scheduling(thread).nice() == 19);
		this.posix.foreground(pid);
		assertThat(Threads.named(pid)).allMatch((thread) -> scheduling(thread).nice() == own);
	}

	@Test
	void aThreadKeepsThePolicyThatItWasGiven() throws Exception {
		int pid = startSleeper();
		int thread = Threads.named(pid).get(0);
		assertThat(scheduling(thread).policy(SCHED_BATCH).apply()).isTrue();
		this.posix.scheduleIdle(pid, NAMED);
		assertThat(scheduling(thread).policy()).isEqualTo(SCHED_BATCH);
		this.posix.scheduleNormally(pid, NAMED);
		assertThat(scheduling(thread).policy()).isEqualTo(SCHED_BATCH);
	}

	@Test
	void aProcessWithoutSuchAThreadStaysAsItIs() throws Exception {
		int pid = this.shells.start("exec sleep 60");
		assertThat(this.posix.scheduleIdle(pid, NAMED)).isFalse();
		assertThat(scheduling(pid).policy()).isEqualTo(SCHED_OTHER);
	}

	@Test
	void aProcessThatIsNotAChildStaysAsItIs() throws Exception {
		Process other = new ProcessBuilder("sleep", "60").start();
		try {
			int pid = (int) other.pid();
			assertThat(this.posix.scheduleIdle(pid, Tasks.name(pid, pid))).isFalse();
			assertThat(scheduling(pid).policy()).isEqualTo(SCHED_OTHER);
		}
		finally {
			other.destroyForcibly();
		}
	}

}
