package io.unicorn.sample;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.http.ExchangeException;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.load.Problem;
import io.unicorn.sample.testsupport.load.Report;
import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.process.Leftovers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests the jar as a single process, and with it the harness of the other tests.
 */
@OneJdk
class SampleApplicationIT {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	/**
	 * The exit status of a JVM that shuts down on SIGTERM.
	 */
	private static final int TERMINATED = 128 + 15;

	@RegisterExtension
	final Pools pools = new Pools();

	@Test
	void aSingleProcessAnswersEveryRequest() throws Exception {
		RunningPool app = this.pools.start(plain());

		assertThat(app.get("/whoami").text()).contains("\"pid\":" + app.masterPid());
		assertThat(app.workerPids()).isEmpty();
		assertThat(app.pids()).containsExactly(app.masterPid());

		Report report = app.load()
			.keepAlive(6)
			.connectionPerRequest(2)
			.get("/whoami", "/")
			.send(LoadRequest.echo("unicorn".repeat(2000).getBytes(StandardCharsets.UTF_8)),
					LoadRequest.get("/bytes?n=30000").expecting((response) -> response.length() == 30_000))
			.start()
			.during(Duration.ofSeconds(2));
		System.out.println(report);
		report.assertFlawless();

		assertThat(app.stop()).isEqualTo(TERMINATED);
		assertThat(Leftovers.isListening(app.port())).isFalse();
	}

	@Test
	@Nightly
	void aBootThatFailsOnceSucceedsTheNextTime(@TempDir Path directory) {
		Path once = directory.resolve("once");
		PoolBuilder description = plain().args("--sample.boot.exit-once=" + once);

		assertThat(this.pools.start(description).exitCode(TIMEOUT)).isEqualTo(7);
		assertThat(once).exists();

		RunningPool second = this.pools.start(description);
		assertThat(second.port()).isPositive();
	}

	@Test
	@Nightly
	void aBootFailureIsInTheOutput() {
		RunningPool app = this.pools.start(plain().args("--sample.boot.fail=true"));

		app.awaitOutput("sample.boot.fail is set", TIMEOUT);
		assertThat(app.exitCode(TIMEOUT)).isEqualTo(1);
		assertThatExceptionOfType(AssertionError.class).isThrownBy(app::port)
			.withMessageContaining("All processes have ended");
	}

	@Test
	@Nightly
	void aCrashIsSeenByItsClient() throws Exception {
		RunningPool app = this.pools.start(plain().args("--sample.chaos=true"));

		assertThatExceptionOfType(ExchangeException.class).isThrownBy(() -> app.post("/chaos/exit?code=9", new byte[0]))
			.extracting(ExchangeException::problem)
			.isEqualTo(Problem.EOF_BEFORE_RESPONSE);
		assertThat(app.exitCode(TIMEOUT)).isEqualTo(9);
	}

	@Test
	@Nightly
	void aRequestThatRunsOutOfMemoryIsAnErrorAndTheProcessLives() throws Exception {
		RunningPool app = this.pools.start(plain().jvmFlags("-Xmx64m").args("--sample.chaos=true"));

		assertThat(app.post("/chaos/oom", new byte[0]).status()).isEqualTo(500);
		assertThat(app.get("/whoami").status()).isEqualTo(200);
	}

	@Test
	@Nightly
	void aHangingRequestHangs() throws Exception {
		RunningPool app = this.pools.start(plain().args("--sample.chaos=true"));
		AtomicBoolean returned = new AtomicBoolean();

		try (HttpConnection connection = app.connect()) {
			Thread client = new Thread(() -> {
				try {
					connection.exchange(LoadRequest.post("/chaos/hang", new byte[0]).onKeepAlive());
					returned.set(true);
				}
				catch (ExchangeException ex) {
					// The test closes the connection.
				}
			});
			client.start();
			client.join(500);
			assertThat(returned).isFalse();
			assertThat(app.get("/whoami").status()).isEqualTo(200);
		}
	}

	@Test
	void aProcessThatIsLeftBehindIsFoundAndEnded() {
		RunningPool app = plain().prefix("sh", "-c", "sleep 600 & exec \"$@\"", "sh").start();
		assertThat(app.port()).isPositive();
		assertThat(app.workerPids()).hasSize(1);
		app.stop();

		assertThat(app.pids()).hasSize(1);
		assertThatExceptionOfType(AssertionError.class).isThrownBy(app::close).withMessageContaining("sleep 600");
		assertThat(app.pids()).isEmpty();
	}

	@Test
	void aFileThatIsLeftBehindIsFound() throws Exception {
		RunningPool app = plain().mayLeave("known/*").start();
		assertThat(app.port()).isPositive();
		Files.createDirectories(app.workDir().resolve("known"));
		Files.createFile(app.workDir().resolve("known/file"));
		Files.createFile(app.workDir().resolve("unknown"));
		app.stop();

		assertThatExceptionOfType(AssertionError.class).isThrownBy(app::close).withMessageEndingWith("file unknown");
		assertThat(app.directory()).doesNotExist();
	}

	@Test
	@Nightly
	void aRunningProcessIsEndedByClosing() {
		RunningPool app = plain().start();
		assertThat(app.port()).isPositive();
		app.close();
		assertThat(app.isAlive()).isFalse();
		assertThat(Leftovers.isListening(0)).isFalse();
	}

	private static PoolBuilder plain() {
		return RunningPool.builder().bootingFast().args("--unicorn.enabled=false");
	}

}
