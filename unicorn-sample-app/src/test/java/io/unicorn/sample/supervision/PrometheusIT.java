package io.unicorn.sample.supervision;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.http.Response;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.SharedPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Scrapes a pool as Prometheus does.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@OneJdk
class PrometheusIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private static final int REQUESTS = Nightly.LEFT_OUT ? 2000 : 10_000;

	private static final int CRASHES = Nightly.LEFT_OUT ? 1 : 5;

	/** So many workers retire in the long test. */
	private static final int RETIREMENTS = Nightly.LEFT_OUT ? 1 : 20;

	/** Workers report every second; a busy machine takes longer. */
	private static final Duration REPORTED = Duration.ofSeconds(5);

	@RegisterExtension
	static final SharedPool SHARED = new SharedPool(3,
			() -> RunningPool.builder()
				.bootingFast()
				.args("--unicorn.workers=3", "--unicorn.timeout=0s", "--unicorn.max-requests=300"));

	private static List<String> scrape(RunningPool pool) throws IOException {
		Response response = pool.get("/actuator/prometheus");
		assertThat(response.status()).isEqualTo(200);
		return response.text().lines().toList();
	}

	private static JsonNode json(RunningPool pool, String path) throws IOException {
		return JsonMapper.shared().readTree(pool.get(path).text());
	}

	private static double counted(List<String> scrape) {
		return scrape.stream()
			.filter((line) -> line.startsWith("http_server_requests_seconds_count{")
					&& line.contains("uri=\"/whoami\""))
			.mapToDouble((line) -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
			.sum();
	}

	private static List<String> slots(List<String> scrape) {
		return scrape.stream()
			.filter((line) -> line.startsWith("process_uptime_seconds{"))
			.map((line) -> line.replaceAll(".*worker=\"(\\d+)\".*", "$1"))
			.sorted()
			.toList();
	}

	private static List<String> slots(RunningPool pool) {
		try {
			return WorkerView.ready(pool.pool())
				.stream()
				.map((worker) -> String.valueOf(worker.index()))
				.sorted()
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static double missing(List<String> scrape) {
		return scrape.stream()
			.filter((line) -> line.startsWith("unicorn_scrape_workers_missing "))
			.mapToDouble((line) -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
			.sum();
	}

	@Test
	@Order(1)
	void requestsAreCountedOnceWhileWorkersRetireAndSomeCrash() throws Exception {
		RunningPool pool = SHARED.ready();
		double before = counted(scrape(pool));
		double last = before;
		for (int i = 1; i <= REQUESTS; i++) {
			assertThat(pool.get("/whoami").status()).isEqualTo(200);
			if (i % 250 == 0) {
				double now = counted(scrape(pool));
				assertThat(now).as("after %s requests", i).isBetween(last, before + i);
				last = now;
			}
			if (i % 500 == 0) {
				// A boot takes longer than a few hundred requests.
				int retirements = i / 500 - 4;
				Await.until(TIMEOUT, () -> "workers retire", () -> exits(pool, "max-requests") >= retirements);
			}
			if (i % (REQUESTS / CRASHES) == 0) {
				crash(pool, before + i);
			}
		}
		pool.awaitReady(3);

		List<String> scrape = scrape(pool);
		assertThat(counted(scrape)).isEqualTo(before + REQUESTS);
		Await.until(TIMEOUT, () -> "workers retire", () -> exits(pool, "max-requests") >= RETIREMENTS);
		assertThat(exits(pool, "killed")).isEqualTo(CRASHES);
		assertThat(counted(scrape(pool))).isEqualTo(before + REQUESTS);
		assertThat(scrape).doesNotHaveDuplicates().noneMatch((line) -> line.contains("pid="));
		assertThat(scrape.stream().filter((line) -> line.startsWith("unicorn_workers{"))).as("of the pool, once")
			.hasSize(4);
	}

	/**
	 * Kill a worker when no request is under way and what was counted is reported: then a
	 * crash loses nothing.
	 */
	private static void crash(RunningPool pool, double counted) throws IOException {
		Await.until(REPORTED, () -> "all requests are counted", () -> counted(unchecked(pool)) == counted);
		int mark = pool.mark();
		pool.signal(WorkerView.oldest(pool.pool()).pid(), "KILL");
		pool.awaitOutputAfter(mark, Pattern.compile("exited: killed by signal 9"), TIMEOUT);
	}

	private static int exits(RunningPool pool, String reason) {
		try {
			return WorkerView.exits(pool.pool(), reason);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<String> unchecked(RunningPool pool) {
		try {
			return scrape(pool);
		}
		catch (IOException ex) {
			return List.of();
		}
	}

	@Test
	@Order(2)
	void theEndpointMetricsHasTheMetersOfThePool() throws Exception {
		RunningPool pool = SHARED.ready();
		double before = counted(scrape(pool));
		assertThat(pool.get("/whoami").status()).isEqualTo(200);
		Await.until(REPORTED, () -> "the request is counted", () -> counted(unchecked(pool)) == before + 1);
		JsonNode requests = json(pool, "/actuator/metrics/http.server.requests?tag=uri:/whoami");
		assertThat(requests.path("measurements")
			.valueStream()
			.filter((sample) -> sample.path("statistic").asString().equals("COUNT"))
			.map((sample) -> sample.path("value").asDouble())).containsExactly(before + 1);
		JsonNode uptime = json(pool, "/actuator/metrics/process.uptime");
		assertThat(uptime.path("availableTags").path(0).path("tag").asString()).isEqualTo("worker");
		assertThat(uptime.path("availableTags").path(0).path("values")).hasSize(3);
	}

	@Test
	@Order(3)
	void aWorkerThatIsStoppedIsLeftOutAndNothingGoesBackwards() throws Exception {
		RunningPool pool = SHARED.ready();
		Await.until(TIMEOUT, () -> "all ready workers answer", () -> slots(unchecked(pool)).equals(slots(pool)));
		double before = counted(scrape(pool));
		// The newest one has served few requests, so it does not retire meanwhile.
		WorkerView stopped = Collections.max(WorkerView.ready(pool.pool()), Comparator.comparingLong(WorkerView::id));
		String slot = String.valueOf(stopped.index());
		pool.signal(stopped.pid(), "STOP");
		try {
			// A connection that the stopped worker has accepted gets no answer.
			List<String> scrape = scrapeOfAnother(pool);
			assertThat(missing(scrape)).isGreaterThanOrEqualTo(1);
			assertThat(slots(scrape)).isNotEmpty().doesNotContain(slot);
			assertThat(counted(scrape)).isGreaterThanOrEqualTo(before);
		}
		finally {
			pool.signal(stopped.pid(), "CONT");
		}
		Await.until(TIMEOUT, () -> "it answers again", () -> slots(unchecked(pool)).contains(slot));
	}

	private static List<String> scrapeOfAnother(RunningPool pool) throws IOException {
		for (int attempt = 0; attempt < 20; attempt++) {
			try {
				return scrape(pool);
			}
			catch (IOException ex) {
				// The kernel may have given this connection to the stopped worker.
			}
		}
		throw new IOException("no worker answers");
	}

}
