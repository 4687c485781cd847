package io.unicorn.sample.supervision;

import java.time.Duration;
import java.util.regex.Pattern;

import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.http.ExchangeException;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.SharedPool;
import io.unicorn.sample.testsupport.pool.WorkerReplacement;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests workers that send no heartbeat, or whose request never ends.
 */
@OneJdk
class HangIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	@RegisterExtension
	static final SharedPool SHARED = new SharedPool(2,
			() -> RunningPool.builder()
				.bootingFast()
				.args("--sample.chaos=true", "--unicorn.worker-class=sync", "--unicorn.timeout=2s"));

	@Test
	void aWorkerWithoutHeartbeatIsDumpedBeforeItIsKilledAndReplaced() throws Exception {
		RunningPool pool = SHARED.ready();
		JsonNode before = pool.pool();
		WorkerView victim = WorkerView.oldest(before);
		int mark = pool.mark();

		pool.signal(victim.pid(), "STOP");

		pool.awaitOutputAfter(mark,
				Pattern.compile("(?s)" + victim.inLog() + " is hung, no heartbeat for 2[^\n]*; killing it after its"
						+ " thread dump; .*Full thread dump .*\"unicorn-agent\".*" + victim.inLog()
						+ " exited: killed by signal 9 \\(SIGKILL\\)"),
				TIMEOUT);
		WorkerReplacement.assertReplaced(victim, before, "hung", pool);
	}

	@Test
	void aSyncWorkerWithATooLongRequestIsDumpedBeforeItIsKilledAndReplaced() throws Exception {
		RunningPool pool = SHARED.ready();
		JsonNode before = pool.pool();
		int mark = pool.mark();

		assertThatExceptionOfType(ExchangeException.class).isThrownBy(() -> pool.post("/chaos/hang", new byte[0]));

		int index = Integer.parseInt(pool.awaitOutputAfter(mark, Pattern.compile(
				"(?s)worker (\\d) \\(pid (\\d+)\\) is hung, a request has been running for more than 2 s; killing it"
						+ " after its thread dump; .*Full thread dump .*ChaosController\\.hang.*"
						+ "worker \\1 \\(pid \\2\\) exited: killed by signal 9 \\(SIGKILL\\)"),
				TIMEOUT)
			.group(1));
		WorkerView victim = WorkerView.ready(before)
			.stream()
			.filter((worker) -> worker.index() == index)
			.findFirst()
			.orElseThrow();
		WorkerReplacement.assertReplaced(victim, before, "hung", pool);
	}

}
