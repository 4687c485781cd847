package io.unicorn.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.unicorn.ipc.PoolSnapshot;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TopCommandTests {

	private static final String POOL = "/srv/app.jar (pid 4700)";

	private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

	private final PrintStream out = new PrintStream(this.bytes, true, StandardCharsets.UTF_8);

	private long now;

	/** Each time is two seconds after the one before. */
	private long nanos() {
		this.now += 2_000_000_000L;
		return this.now;
	}

	private static PoolSnapshot pool(long requests) {
		Instant start = Instant.now().minusSeconds(90);
		PoolSnapshot.WorkerInfo worker = new PoolSnapshot.WorkerInfo(0, 1, 4711, 1, "ready", true, start, requests, 3,
				0, 250, 7, start, 1900, 400, 64 << 20, 256 << 20, 200 << 20, 12.4, 41);
		return new PoolSnapshot(new PoolSnapshot.MasterInfo(4700, start, 1, "running"), 2, 1,
				List.of(new PoolSnapshot.ListenerInfo("http", "[::]:8080", 5, 2048)), List.of(worker),
				Map.of("killed", 2L),
				List.of(new PoolSnapshot.ExitInfo(9, 4709, "killed", "killed by signal 9 \u001B[31m", start, "")),
				List.of(), "");
	}

	private String output() {
		return this.bytes.toString(StandardCharsets.UTF_8);
	}

	@Test
	void withoutATerminalEachLineHasItsNumbers() throws CommandFailedException {
		new TopCommand(new FakePool(0).then(pool(100)).then(pool(400)), this.out, false, this::nanos).run(POOL, 2);
		List<String> lines = output().lines().toList();
		assertThat(lines).hasSize(2);
		assertThat(lines.get(0)).isEqualTo("running ready=1 target=2 requests/s=0 in-flight=3 waiting=5 exits=2");
		assertThat(lines.get(1)).contains(" requests/s=150 in-flight");
	}

	@Test
	void onATerminalTheScreenIsOverwritten() throws CommandFailedException {
		new TopCommand(new FakePool(0).then(pool(100)), this.out, true, this::nanos).run(POOL, 1);
		assertThat(output()).contains(POOL, "running for 90 s, generation 1, 1 of 2 workers ready",
				"http [::]:8080: 5 of 2048 waiting", "90 s ago: worker (pid 4709) exited: killed, killed by signal 9");
		assertThat(output()).containsPattern("0 \\* +4711 +1 ready +0 +3 +250 ms +7 +64M +200M +12% +41 +90 s");
		assertThat(output()).doesNotContain("\u001B[31m").startsWith("\u001B[H\u001B[J");
	}

}
