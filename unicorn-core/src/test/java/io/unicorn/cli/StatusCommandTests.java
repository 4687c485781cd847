package io.unicorn.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StatusCommandTests {

	private static List<String> status(FakePool pool) throws CommandFailedException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		new StatusCommand(pool, new PrintStream(out, true, StandardCharsets.UTF_8)).run("/srv/app.jar (pid 4700)");
		return out.toString(StandardCharsets.UTF_8)
			.lines()
			.map((line) -> line.replaceAll("\\d+ (s|min|h|d)\\b", "TIME").replaceAll(" +", " "))
			.toList();
	}

	@Test
	void aPoolIsShownWithItsWorkers() throws Exception {
		assertThat(status(new FakePool(0).then("running"))).containsExactly("/srv/app.jar (pid 4700)",
				"running for TIME, generation 1, 1 of 2 workers ready", "",
				"worker pid generation state requests in flight age", "0 * 4711 1 ready 10233 2 TIME",
				"3 4780 2 booting 0 0 TIME", "* the leader");
	}

	@Test
	void theLatestRollOutIsShown() throws Exception {
		assertThat(status(new FakePool(0).then(FakePool.rollout(2, "rolling", "", List.of()))))
			.contains("roll-out 2 rolling");
		assertThat(status(new FakePool(0).then("running",
				FakePool.rollout(2, "rolled-back", "worker 2 \033[31mexited", List.of()))))
			.contains("roll-out 2 rolled-back, TIME ago: worker 2 exited");
	}

}
