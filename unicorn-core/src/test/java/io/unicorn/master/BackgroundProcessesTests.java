package io.unicorn.master;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.unicorn.posix.Command;
import io.unicorn.posix.JnrPosix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Who is in the background is stopped again and again, until it may leave.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BackgroundProcessesTests {

	private static final Restraint HALF = new Restraint(Integer.MAX_VALUE, 50);

	private final JnrPosix posix = new JnrPosix();

	private final AtomicLong nanos = new AtomicLong();

	private final BackgroundProcesses background = new BackgroundProcesses(this.posix, this.nanos::get);

	private int pid;

	@BeforeEach
	void start() throws IOException {
		this.background.served();
		this.pid = this.posix.spawn(new Command("/bin/sh", List.of("sh", "-c", "while :; do :; done"), List.of()));
	}

	@AfterEach
	void end() {
		this.posix.end(this.pid);
		this.background.forget(this.pid);
		await().until(() -> !isPacing());
	}

	private static boolean isPacing() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.anyMatch((thread) -> thread.getName().equals("unicorn-pace"));
	}

	private boolean isStopped() {
		try {
			String line = Files.readString(Path.of("/proc/" + this.pid + "/stat"));
			return line.charAt(line.lastIndexOf(')') + 2) == 'T';
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	@Test
	void itRunsAndIsStoppedByTurns() {
		this.background.enter(this.pid, HALF);
		for (int turn = 0; turn < 3; turn++) {
			await().pollInterval(1, TimeUnit.MILLISECONDS).until(this::isStopped);
			await().pollInterval(1, TimeUnit.MILLISECONDS).until(() -> !isStopped());
		}
	}

	@Test
	void whoeverLeavesGoesOnForGood() {
		this.background.enter(this.pid, new Restraint(Integer.MAX_VALUE, 1));
		await().until(this::isStopped);
		this.background.leave(this.pid);
		await().until(() -> !isPacing());
		assertThat(isStopped()).isFalse();
	}

	@Test
	void nobodyIsStoppedWhileThereAreNoClients() {
		this.background.enter(this.pid, new Restraint(Integer.MAX_VALUE, 1));
		await().until(this::isStopped);
		this.nanos.addAndGet(TimeUnit.SECONDS.toNanos(3));
		// Far longer than from one stop to the next.
		await().pollInterval(1, TimeUnit.MILLISECONDS).during(500, TimeUnit.MILLISECONDS).until(() -> !isStopped());
		this.background.served();
		await().until(this::isStopped);
	}

	@Test
	void whoeverHasAllOfTheTimeIsNeverStopped() {
		this.background.enter(this.pid, Restraint.NONE);
		assertThat(isPacing()).isFalse();
	}

	@Test
	void oneThatLeavesDoesNotWakeAnother() throws IOException {
		int other = this.posix.spawn(new Command("/bin/sleep", List.of("sleep", "600"), List.of()));
		try {
			this.background.enter(this.pid, HALF);
			this.background.enter(other, HALF);
			this.background.leave(other);
			await().pollInterval(1, TimeUnit.MILLISECONDS).until(this::isStopped);
		}
		finally {
			this.posix.end(other);
		}
	}

	@Test
	void nobodyIsPacedWhoIsGone() {
		this.background.enter(this.pid, HALF);
		assertThat(isPacing()).isTrue();
		this.posix.end(this.pid);
		await().until(() -> !isPacing());
	}

}
