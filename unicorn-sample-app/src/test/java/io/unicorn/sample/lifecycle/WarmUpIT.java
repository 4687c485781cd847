package io.unicorn.sample.lifecycle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.SelfSigned;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that workers send requests to themselves before they serve.
 */
class WarmUpIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private static final String READY = "worker \\d \\(pid \\d+\\) ready in ";

	private static final Pattern COMPLETE = Pattern.compile("pool is complete");

	@RegisterExtension
	final Pools pools = new Pools();

	private RunningPool start(String paths, String... args) {
		return this.pools.start(RunningPool.builder()
			.bootingFast()
			.env("UNICORN_WARMUP_PATHS", paths)
			.env("UNICORN_WARMUP_REQUESTS", "200")
			.args("--unicorn.workers=1")
			.args(args));
	}

	@Test
	void eachWorkerIsWarmBeforeItServesAndNoneOfItsOwnRequestsCounts() throws Exception {
		RunningPool pool = start("/whoami,/bytes?n=10000,/nothing", "--unicorn.boot-timeout=40s");
		pool.awaitOutput(COMPLETE, TIMEOUT);

		assertThat(pool.output()).containsPattern("(?s)GET /nothing was answered with status 404; .*"
				+ "Warmed up with 401 requests in \\d+ ms\n.*" + READY);
		assertThat(pool.output()).containsPattern("\\[ +main].*Initializing Servlet 'dispatcherServlet'");
		JsonNode before = pool.pool();
		assertThat(before.path("workers").get(0).path("requests").asInt()).isLessThan(20);
		assertThat(pool.get("/actuator/metrics/http.server.requests?tag=uri:/whoami").text())
			.contains("\"statistic\":\"COUNT\",\"value\":200.0");
		int mark = pool.mark();
		assertThat(pool.rollOut().state()).isEqualTo("succeeded");

		assertThat(pool.output().substring(mark))
			.containsPattern("(?s)Warmed up with 401 requests in \\d+ ms\n.*" + READY);
		JsonNode after = pool.pool();
		assertThat(WorkerView.oldest(after).id()).as("the number of workers that there were").isEqualTo(2);
		assertThat(pool.stop()).isZero();
	}

	@Test
	@OneJdk
	void aWorkerThatIsStoppedDuringItsWarmUpEndsAtOnce() {
		RunningPool pool = start("/sleep?ms=120000", "--unicorn.warm-up.timeout=120s");
		pool.awaitOutput("Initializing Servlet 'dispatcherServlet'", TIMEOUT);
		pool.awaitOutput("Started SampleApplication", TIMEOUT);

		assertThat(pool.stop()).isZero();

		assertThat(pool.output()).doesNotContain("closed 1 connection", "The warm-up request", "was killed");
	}

	@Test
	void aServerWithTlsAndHttp2IsWarmedUpToo(@TempDir Path directory) throws Exception {
		List<String> args = new ArrayList<>(List.of(SelfSigned.in(directory).args()));
		args.add("--server.http2.enabled=true");
		RunningPool pool = start("/whoami", args.toArray(String[]::new));
		pool.awaitOutput(COMPLETE, TIMEOUT);
		assertThat(pool.output()).contains("Warmed up with 200 requests in ").doesNotContain("failed");
		long worker = pool.workerPids().get(0);
		Await.until(Duration.ofSeconds(10), () -> "the end of " + clientThreads(worker),
				() -> clientThreads(worker).isEmpty());
		assertThat(pool.stop()).isZero();
	}

	/** The kernel knows the first 15 characters of a thread's name. */
	private static List<String> clientThreads(long pid) {
		try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
			return threads.map(WarmUpIT::name)
				.filter((name) -> name.startsWith("HttpClient-") || name.startsWith("unicorn-warm-up"))
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String name(Path thread) {
		try {
			return Files.readString(thread.resolve("comm")).strip();
		}
		catch (IOException ex) {
			return "";
		}
	}

	@Test
	@OneJdk
	void aServerThatRequiresClientCertificatesServesWithoutWarmUp(@TempDir Path directory) throws Exception {
		List<String> args = new ArrayList<>(List.of(SelfSigned.in(directory).args()));
		args.add("--server.ssl.client-auth=need");
		args.add("--server.ssl.trust-store=file:" + System.getProperty("java.home") + "/lib/security/cacerts");
		RunningPool pool = start("/whoami", args.toArray(String[]::new));
		pool.awaitOutput(COMPLETE, TIMEOUT);
		assertThat(pool.output())
			.contains("No warm-up: the server asks its clients for certificates, and this worker has none")
			.doesNotContain("Warmed up");
		assertThat(pool.stop()).isZero();
	}

}
