package io.unicorn.sample.rollout;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.load.Report;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every client may ask for the health of an application, as often as it likes and after
 * any number of failed roll-outs, without an effect on the workers.
 */
@OneJdk
class HealthFloodIT {

	private static final int FAILED_ROLLOUTS = 3;

	@Test
	@Nightly
	void manyRequestsForHealthAfterFailedRollOutsEndNoWorker(@TempDir Path directory) throws IOException {
		Path jar = directory.resolve("app.jar");
		AppJar.version("1").overwrite(jar);
		try (RunningPool pool = RunningPool.builder().bootingFast().jar(jar).start()) {
			pool.awaitReady(2);
			AppJar.version("2").with("sample.boot.fail=true", "debug=true").overwrite(jar);
			for (int i = 0; i < FAILED_ROLLOUTS; i++) {
				assertThat(pool.rollOut().state()).isEqualTo("rolled-back");
			}
			List<Long> workers = pids(pool);
			Report report = pool.load()
				.keepAlive(200)
				.get("/actuator/health", "/actuator/health", "/actuator/unicorn")
				.start()
				.during(Duration.ofSeconds(4));
			report.assertFlawless();
			assertThat(report.answered()).isGreaterThan(1000);
			assertThat(pids(pool)).isEqualTo(workers).hasSize(2);
			assertThat(pool.output()).doesNotContain("answers to queries were dropped");
			assertThat(pool.stop()).isZero();
		}
	}

	private static List<Long> pids(RunningPool pool) throws IOException {
		return WorkerView.ready(pool.pool()).stream().map(WorkerView::pid).toList();
	}

}
