package io.unicorn.master.probe;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.unicorn.launch.workdir.ProcessTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class AnswersTests {

	/** A sample of the text format: a name, at most one label, and a value. */
	private static final Pattern SAMPLE = Pattern
		.compile("([a-z_]+)(\\{[a-z]+=\"(?:[^\"\\\\]|\\\\[\"\\\\n])*\"})? (NaN|[0-9.E]+)");

	private static Answers answers(String state, int ready, int minReady) {
		return new Answers(new SharedSnapshot(Runnable::run, () -> Snapshots.pool(state, ready)),
				new PoolMetrics(new ProcessTable()), minReady);
	}

	@ParameterizedTest
	@CsvSource({ "starting, 0", "running, 3", "running, 0", "reloading, 3", "stopping, 0" })
	void aPoolIsAliveWhateverItDoes(String state, int ready) throws InterruptedException {
		Answers.Answer answer = answers(state, ready, 3).to("GET", "/livez");
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.text()).isEqualTo("ok\n");
	}

	@ParameterizedTest
	@CsvSource({ "running, 1, 0", "running, 3, 3", "reloading, 2, 2", "starting, 1, 1" })
	void aPoolWithEnoughWorkersIsReady(String state, int ready, int minReady) throws InterruptedException {
		Answers.Answer answer = answers(state, ready, minReady).to("GET", "/readyz");
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.text()).isEqualTo("ok\n");
	}

	@ParameterizedTest
	@CsvSource({ "0, 0, '0 of 3 workers ready, 1 needed'", "1, 2, '1 of 3 workers ready, 2 needed'" })
	void aPoolWithTooFewWorkersIsNot(int ready, int minReady, String text) throws InterruptedException {
		Answers.Answer answer = answers("running", ready, minReady).to("GET", "/readyz");
		assertThat(answer.status()).isEqualTo(503);
		assertThat(answer.text()).isEqualTo(text + "\n");
	}

	@Test
	void aPoolThatStopsIsNotReadyThoughItServes() throws InterruptedException {
		Answers.Answer answer = answers("stopping", 3, 1).to("GET", "/readyz");
		assertThat(answer.status()).isEqualTo(503);
		assertThat(answer.text()).isEqualTo("the pool stops\n");
	}

	@Test
	void aMainThreadThatDoesNotAnswerIsAskedOnce() throws InterruptedException {
		List<Runnable> asked = new ArrayList<>();
		Answers answers = new Answers(new SharedSnapshot(asked::add, () -> Snapshots.pool("running", 3)),
				new PoolMetrics(new ProcessTable()), 1);
		for (String path : List.of("/livez", "/readyz", "/metrics")) {
			Answers.Answer answer = answers.to("GET", path);
			assertThat(answer.status()).isEqualTo(503);
			assertThat(answer.text()).isEqualTo("the master's main thread has not answered within 1 s\n");
		}
		assertThat(asked).hasSize(1);
		asked.get(0).run();
		// The late answer is an old one, so there is another question.
		assertThat(answers.to("GET", "/livez").status()).isEqualTo(503);
		assertThat(asked).hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/live", "/livez/", "/metrics/x", "" })
	void otherPathsAreNotFound(String path) throws InterruptedException {
		assertThat(answers("running", 3, 1).to("POST", path).status()).isEqualTo(404);
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST", "PUT", "DELETE", "OPTIONS" })
	void otherMethodsAreNotAllowed(String method) throws InterruptedException {
		assertThat(answers("running", 3, 1).to(method, "/readyz").status()).isEqualTo(405);
	}

	private static Map<String, Double> parse(String text) {
		Map<String, Double> samples = new TreeMap<>();
		String current = "";
		assertThat(text).endsWith("\n");
		for (String line : text.lines().toList()) {
			if (line.startsWith("# TYPE ")) {
				current = line.split(" ", -1)[2];
				assertThat(line.split(" ", -1)[3]).isEqualTo(current.endsWith("_total") ? "counter" : "gauge");
			}
			else if (!line.startsWith("# HELP ")) {
				Matcher sample = SAMPLE.matcher(line);
				assertThat(sample.matches()).as(line).isTrue();
				assertThat(sample.group(1)).isEqualTo(current);
				assertThat(samples.put(line.substring(0, line.lastIndexOf(' ')), Double.valueOf(sample.group(3))))
					.isNull();
			}
		}
		return samples;
	}

	@Test
	void metricsDescribePoolAndMaster() throws InterruptedException {
		Answers.Answer answer = answers("running", 1, 0).to("GET", "/metrics");
		assertThat(answer.type()).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
		assertThat(parse(answer.text())).containsEntry("unicorn_workers{state=\"ready\"}", 1.0)
			.containsEntry("unicorn_workers{state=\"booting\"}", 1.0)
			.containsEntry("unicorn_workers{state=\"exiting\"}", 0.0)
			.containsEntry("unicorn_workers_target", 3.0)
			.containsEntry("unicorn_requests_in_flight", 4.0)
			.containsEntry("unicorn_worker_exits_total{reason=\"killed\"}", 2.0)
			.containsEntry("unicorn_worker_exits_total{reason=\"hung\"}", 0.0)
			.containsEntry("unicorn_worker_exits_total{reason=\"a \\\"b\\\"\\\\c\\nd\"}", 1.0)
			.containsEntry("unicorn_rollout_succeeded", Double.NaN)
			.containsEntry("unicorn_listener_backlog{listener=\"http\"}", 5.0)
			.containsEntry("unicorn_listener_backlog{listener=\"management\"}", Double.NaN)
			.containsEntry("unicorn_listener_backlog_limit{listener=\"management\"}", 10.0)
			.hasEntrySatisfying("unicorn_master_resident_memory_bytes", (bytes) -> assertThat(bytes).isPositive())
			.hasEntrySatisfying("unicorn_master_cpu_seconds_total", (seconds) -> assertThat(seconds).isPositive())
			.hasEntrySatisfying("unicorn_master_threads", (threads) -> assertThat(threads).isPositive());
	}

	@Test
	void withoutProcThereAreTheMetricsOfThePool() {
		String text = new PoolMetrics(new ProcessTable(Path.of("/nowhere"))).of(Snapshots.pool("running", 1));
		assertThat(parse(text)).containsKey("unicorn_workers_target").doesNotContainKey("unicorn_master_threads");
	}

}
