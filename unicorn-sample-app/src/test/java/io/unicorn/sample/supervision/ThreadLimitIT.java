package io.unicorn.sample.supervision;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.pool.CommandRun;
import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A master that can start neither threads nor processes, as under {@code ulimit -u}. The
 * limit does not apply to root, so a pool that root would start has another user.
 */
@OneJdk
class ThreadLimitIT {

	/** Gives a user without privileges the directories of the test, and becomes it. */
	private static final String BECOME_NOBODY = "chown -R 65534:65534 \"$(dirname \"$PWD\")\" && "
			+ "exec setpriv --reuid=65534 --regid=65534 --clear-groups \"$@\"";

	private static final Pattern NO_SPAWN = Pattern.compile("could not be started: .*; respawning in");

	@Test
	@Nightly
	void theLimitOfProcessesAndThreadsDoesNotEndTheMaster() throws Exception {
		PoolBuilder builder = RunningPool.builder().bootingFast();
		if (Files.getOwner(Path.of("/proc/self")).getName().equals("root")) {
			builder.prefix("sh", "-c", BECOME_NOBODY, "sh");
		}
		try (RunningPool pool = builder.start()) {
			pool.awaitReady(2);
			String before = softLimit(pool.masterPid());
			limit(pool.masterPid(), "1");
			int mark = pool.mark();
			pool.signal(WorkerView.oldest(pool.pool()).pid(), "KILL");
			pool.awaitOutputAfter(mark, NO_SPAWN, RunningPool.PATIENCE);
			CommandRun.of(builder.existingJar(), "status", "--pid", Long.toString(pool.masterPid()));
			assertThat(pool.isAlive()).isTrue();
			limit(pool.masterPid(), before);
			pool.awaitReady(2);
			assertThat(pool.output()).doesNotContain("fault in");
			assertThat(pool.stop()).isZero();
		}
	}

	private static String softLimit(long pid) throws IOException {
		return Files.readAllLines(Path.of("/proc/" + pid + "/limits"))
			.stream()
			.filter((line) -> line.startsWith("Max processes"))
			.map((line) -> line.split("\\s+", -1)[2])
			.findFirst()
			.orElseThrow();
	}

	private static void limit(long pid, String soft) throws IOException, InterruptedException {
		// As the pool's user: another one would need a privilege that even root may lack.
		String user = Files.getAttribute(Path.of("/proc/" + pid), "unix:uid").toString();
		String group = Files.getAttribute(Path.of("/proc/" + pid), "unix:gid").toString();
		Process prlimit = new ProcessBuilder("setpriv", "--reuid=" + user, "--regid=" + group, "--keep-groups",
				"prlimit", "--pid=" + pid, "--nproc=" + soft + ":")
			.inheritIO()
			.start();
		assertThat(prlimit.waitFor()).isZero();
	}

}
