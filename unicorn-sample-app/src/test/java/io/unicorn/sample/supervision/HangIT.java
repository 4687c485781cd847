package io.unicorn.sample.supervision;

import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.http.ExchangeException;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.SharedPool;
import io.unicorn.sample.testsupport.pool.WorkerReplacement;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests workers that send no heartbeat, or whose request never ends.
 */
@OneJdk
class HangIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	@TempDir
	@SuppressWarnings("NullAway.Init")
	static Path dumps;

	@RegisterExtension
	static final SharedPool SHARED = new SharedPool(2,
			() -> RunningPool.builder()
				.bootingFast()
				.args("--sample.chaos=true", "--unicorn.worker-class=sync", "--unicorn.timeout=2s",
						"--unicorn.dump-dir=" + dumps));

	@Test
	void aWorkerWithoutHeartbeatIsDumpedBeforeItIsKilledAndReplaced() throws Exception {
		RunningPool pool = SHARED.ready();
		JsonNode before = pool.pool();
		WorkerView victim = WorkerView.oldest(before);
		int mark = pool.mark();

		pool.signal(victim.pid(), "STOP");

		String file = pool.awaitOutputAfter(mark,
				Pattern.compile("(?s)" + victim.inLog() + " is hung, no heartbeat for 2[^\n]*; killing it after its"
						+ " thread dump; .*" + victim.inLog() + " has written ([^\n]*)\n.*" + victim.inLog()
						+ " exited: killed by signal 9 \\(SIGKILL\\)"),
				TIMEOUT)
			.group(1);
		assertThat(Path.of(file)).hasParent(dumps).content().contains("\"unicorn-agent\"");
		assertThat(pool.pool().path("lastExits").path(0).path("dumpFile").asString("")).isEqualTo(file);
		WorkerReplacement.assertReplaced(victim, before, "hung", pool);
	}

	@Test
	void aSyncWorkerWithATooLongRequestIsDumpedBeforeItIsKilledAndReplaced() throws Exception {
		RunningPool pool = SHARED.ready();
		JsonNode before = pool.pool();
		int mark = pool.mark();

		assertThatExceptionOfType(ExchangeException.class).isThrownBy(() -> pool.post("/chaos/hang", new byte[0]));

		MatchResult killed = pool.awaitOutputAfter(mark, Pattern.compile(
				"(?s)worker (\\d) \\(pid (\\d+)\\) is hung, a request has been running for more than 2 s; killing it"
						+ " after its thread dump; .*worker \\1 \\(pid \\2\\) has written ([^\n]*)\n.*"
						+ "worker \\1 \\(pid \\2\\) exited: killed by signal 9 \\(SIGKILL\\)"),
				TIMEOUT);
		assertThat(Path.of(killed.group(3))).content().contains("ChaosController.hang");
		int index = Integer.parseInt(killed.group(1));
		WorkerView victim = WorkerView.ready(before)
			.stream()
			.filter((worker) -> worker.index() == index)
			.findFirst()
			.orElseThrow();
		WorkerReplacement.assertReplaced(victim, before, "hung", pool);
	}

}
