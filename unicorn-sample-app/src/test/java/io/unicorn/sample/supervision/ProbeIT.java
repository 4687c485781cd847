package io.unicorn.sample.supervision;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.FreePort;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.http.Dialer;
import io.unicorn.sample.testsupport.http.ExchangeException;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.http.Response;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.process.Leftovers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Asks the master of a pool at the address of probes, as Kubernetes and Prometheus do.
 */
@OneJdk
class ProbeIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	@SuppressWarnings("NullAway.Init")
	Path directory;

	private int port;

	@BeforeEach
	void choosePort() throws IOException {
		this.port = FreePort.choose();
	}

	private RunningPool start() {
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.args("--unicorn.workers=2", "--unicorn.worker-class=sync", "--unicorn.timeout=0",
					"--unicorn.shutdown-delay=10m", "--unicorn.probe.address=" + this.port,
					"--sample.boot.hang-if-exists=" + held()));
		pool.awaitReady(2);
		return pool;
	}

	private Path held() {
		return this.directory.resolve("held");
	}

	private Response ask(String path) throws ExchangeException {
		try (HttpConnection connection = Dialer.to(this.port).dial()) {
			return connection.exchange(LoadRequest.get(path).onOwnConnection());
		}
	}

	private void awaitAnswer(String path, int status, String text) {
		Await.until(TIMEOUT, () -> path + " to be answered with " + status + ": " + text, () -> {
			try {
				Response response = ask(path);
				return response.status() == status && response.text().equals(text + "\n");
			}
			catch (ExchangeException ex) {
				// The master is being replaced.
				return false;
			}
		});
	}

	private void awaitMetric(String sample) {
		Await.until(TIMEOUT, () -> sample, () -> {
			try {
				return ask("/metrics").text().lines().anyMatch(sample::equals);
			}
			catch (ExchangeException ex) {
				return false;
			}
		});
	}

	private HttpConnection send(RunningPool pool, String path) throws IOException {
		HttpConnection connection = this.pools.closing(pool.connect());
		connection.send(LoadRequest.get(path).onOwnConnection());
		return connection;
	}

	@Test
	void aSaturatedPoolIsAliveAndReadyAndOneWithoutWorkersIsAlive() throws Exception {
		RunningPool pool = start();
		send(pool, "/sleep?ms=600000");
		send(pool, "/sleep?ms=600000");
		awaitMetric("unicorn_requests_in_flight 2.0");
		HttpConnection waiting = send(pool, "/whoami");
		awaitMetric("unicorn_listener_backlog{listener=\"http\"} 1.0");

		for (String path : Set.of("/livez", "/readyz")) {
			Response response = ask(path);
			assertThat(response.status()).as(path).isEqualTo(200);
			assertThat(response.text()).isEqualTo("ok\n");
		}

		Files.createFile(held());
		pool.workerPids().forEach((pid) -> pool.signal(pid, "KILL"));
		awaitAnswer("/readyz", 503, "0 of 2 workers ready, 1 needed");
		assertThat(ask("/livez").status()).isEqualTo(200);
		Files.delete(held());
		awaitAnswer("/readyz", 200, "ok");
		assertThat(waiting.receive().status()).isEqualTo(200);
		assertThat(ask("/metrics").text()).contains("unicorn_worker_exits_total{reason=\"killed\"} 2.0");
	}

	@Test
	@Nightly
	void aNewMasterAnswersAndAPoolThatStopsIsNotReady() throws Exception {
		RunningPool pool = start();
		int mark = pool.mark();
		pool.signal("USR2");
		pool.awaitOutputAfter(mark, Pattern.compile("the master was replaced"), TIMEOUT);
		awaitAnswer("/readyz", 200, "ok");

		pool.signal("TERM");
		awaitAnswer("/readyz", 503, "the pool stops");
		assertThat(ask("/livez").status()).isEqualTo(200);
		assertThat(pool.get("/whoami").status()).as("during the delay").isEqualTo(200);
		pool.signal("TERM");
		assertThat(pool.exitCode(TIMEOUT)).isZero();
		assertThat(Leftovers.isListening(this.port)).isFalse();
	}

	@Test
	@Nightly
	void metricsHaveTheNamesOfThoseOfAWorker() throws Exception {
		RunningPool pool = start();
		Set<String> ofMaster = names(ask("/metrics"));
		assertThat(ofMaster).contains("unicorn_master_resident_memory_bytes");
		Set<String> ofPool = new TreeSet<>(ofMaster);
		ofPool.removeIf((name) -> name.startsWith("unicorn_master_"));
		ofPool.add("unicorn_scrape_workers_missing");
		assertThat(names(pool.get("/actuator/prometheus"))).isEqualTo(ofPool);
		pool.signal("TERM");
		pool.signal("INT");
		pool.exitCode(TIMEOUT);
	}

	/** Return the names of the samples and their labels, and the types. */
	private static Set<String> names(Response response) {
		assertThat(response.status()).isEqualTo(200);
		return response.text()
			.lines()
			.filter((line) -> line.startsWith("unicorn_") || line.startsWith("# TYPE unicorn_"))
			.filter((line) -> !line.contains("unicorn_scrape_") || !line.startsWith("#"))
			.map((line) -> line.startsWith("#") ? line : line.replaceAll(" .*", ""))
			.filter((line) -> !line.startsWith("# TYPE unicorn_master_"))
			.collect(Collectors.toCollection(TreeSet::new));
	}

}
