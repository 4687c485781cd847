package io.unicorn.sample.supervision;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

import io.unicorn.sample.testsupport.Chromium;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

/**
 * A browser shows the live page. The application switches it on.
 */
@OneJdk
class DashboardIT {

	private static final Duration A_FEW_POLLS = Duration.ofSeconds(4);

	private static final String BUTTON = "<button type=\"button\"";

	@RegisterExtension
	final Pools pools = new Pools();

	private Chromium browser = new Chromium(Path.of("chromium"));

	@BeforeEach
	void findBrowser() {
		this.browser = Chromium.find().orElseGet(() -> abort("there is no chromium on the PATH"));
	}

	@Test
	void thePageShowsEveryWorkerAndNoButtonWhereThePoolIsOnlyRead() throws Exception {
		RunningPool pool = this.pools.start(RunningPool.builder().bootingFast().args("--unicorn.workers=3"));
		JsonNode document = pool.awaitReady(3);
		String page = this.browser.open("http://localhost:" + pool.port() + "/unicorn", A_FEW_POLLS);
		assertShows(page, document);
		assertThat(page).contains("3 of 3 workers ready", "master " + pool.masterPid()).doesNotContain(BUTTON);
	}

	@Test
	@Nightly
	void thePageIsOnTheServerWithTheEndpointsAndHasButtonsWhereThePoolMayBeChanged() throws Exception {
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.args("--unicorn.workers=2", "--management.server.port=0", "--management.server.base-path=/manage",
					"--management.endpoint.unicorn.access=unrestricted"));
		pool.awaitOutput("pool is complete: 2 workers ready", RunningPool.PATIENCE);
		int port = Integer.parseInt(
				pool.awaitOutput(Pattern.compile("listening on \\S*:(\\d+) \\(management\\)"), Duration.ZERO).group(1));
		JsonNode document;
		try (HttpConnection management = HttpConnection
			.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), RunningPool.PATIENCE)) {
			document = JsonMapper.builder()
				.build()
				.readTree(management.exchange(LoadRequest.get("/manage/actuator/unicorn").onKeepAlive()).body());
		}
		String page = this.browser.open("http://localhost:" + port + "/manage/unicorn/", A_FEW_POLLS);
		assertShows(page, document);
		assertThat(page).contains(BUTTON, ">Roll out<", "aria-label=\"Retire worker 0\"",
				"aria-label=\"Dump the threads of worker 1\"");
		assertThat(pool.get("/unicorn").status()).isEqualTo(404);
	}

	private static void assertShows(String page, JsonNode document) {
		assertThat(WorkerView.ready(document)).isNotEmpty()
			.allSatisfy((worker) -> assertThat(page)
				.contains("data-pid=\"" + worker.pid() + "\"", ">worker " + worker.index() + "<",
						"worker " + worker.index() + " (pid " + worker.pid() + ") ready in ")
				.containsPattern("pid " + worker.pid() + " · generation 1 · up \\d"));
		assertThat(page).contains("<canvas").doesNotContain("The pool cannot be shown");
	}

}
