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
	void aPoolIsPrintedWithItsWorkers() throws Exception {
		assertThat(status(new FakePool(0).then("running"))).containsExactly("/srv/app.jar (pid 4700)",
				"running for TIME, generation 1, 1 of 2 workers ready", "",
				"worker pid generation state requests in flight age", "0 * 4711 1 ready 10233 2 TIME",
				"3 4780 2 booting 0 0 TIME", "* the leader");
	}

	@Test
	void everythingIsPrintedAsJson() throws Exception {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		FakePool pool = new FakePool(0).then("größer\n\"\\",
				FakePool.rollout(2, "rolling", "", List.of("a line"), "a step"));
		new StatusCommand(pool, new PrintStream(out, true, StandardCharsets.US_ASCII)).printJson();
		assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualToIgnoringNewLines("""
				{"master":{"pid":4700,"startedAt":"2026-11-21T10:15:30Z","uptimeSeconds":0,"version":"","jdk":"",\
				"state":"gr\\u00f6\\u00dfer\\u000a\\"\\\\","generation":1},"target":2,"ready":1,"listeners":[],\
				"workers":[{"index":0,"id":1,"pid":4711,"generation":1,"state":"ready","leader":true,\
				"startedAt":"2026-11-21T10:15:29Z","requests":10233,"inFlight":2,"errors":0,\
				"oldestRequestMillis":0,"connections":0,"readyAt":null,"bootMillis":0,"lastHeartbeatMillis":0,\
				"heapUsedBytes":0,"heapMaxBytes":0,"rssBytes":0,"cpuPercent":0.0,"threads":0},\
				{"index":3,"id":9,"pid":4780,"generation":2,"state":"booting","leader":false,\
				"startedAt":"2026-11-21T10:15:30Z","requests":0,"inFlight":0,"errors":0,\
				"oldestRequestMillis":0,"connections":0,"readyAt":null,"bootMillis":0,"lastHeartbeatMillis":0,\
				"heapUsedBytes":0,"heapMaxBytes":0,"rssBytes":0,"cpuPercent":0.0,"threads":0}],"exits":{},\
				"lastExits":[],"rollouts":[{"id":2,"from":1,"to":2,"code":"app.jar","trigger":"SIGHUP",\
				"state":"rolling","startedAt":"2026-11-21T10:15:30Z","endedAt":null,"reason":"",\
				"steps":[{"at":"2026-11-21T10:15:30Z","what":"a step"}],"log":["a line"]}],"problem":""}
				""");
	}

	@Test
	void theLatestRolloutIsPrinted() throws Exception {
		assertThat(status(new FakePool(0).then(FakePool.rollout(2, "rolling", "", List.of()))))
			.contains("roll-out 2 rolling");
		assertThat(status(new FakePool(0).then("running",
				FakePool.rollout(2, "rolled-back", "worker 2 \033[31mexited", List.of()))))
			.contains("roll-out 2 rolled-back, TIME ago: worker 2 exited");
	}

}
