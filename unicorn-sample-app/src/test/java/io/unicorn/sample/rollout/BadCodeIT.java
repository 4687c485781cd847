package io.unicorn.sample.rollout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import io.unicorn.plain.PlainApplication;
import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.load.LoadClient;
import io.unicorn.sample.testsupport.load.Report;
import io.unicorn.sample.testsupport.pool.ReadyWatcher;
import io.unicorn.sample.testsupport.pool.RolloutView;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.SharedPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests roll-outs of broken code: the pool keeps serving with the old code, reports the
 * reason, and accepts working code later. The tests share a pool and are ordered; only
 * the last one changes the generation that serves.
 */
@OneJdk
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BadCodeIT {

	/** On a busy machine, the kernel takes its time between the two. */
	private static final String ENDED = "worker \\d \\(pid \\d+\\) (exited: exit code 7 after .*|"
			+ "has closed its control connection and does not exit by itself.*)";

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	@TempDir
	@SuppressWarnings("NullAway.Init")
	static Path directory;

	@SuppressWarnings("NullAway.Init")
	private static ServerSocket taken;

	@RegisterExtension
	static final SharedPool SHARED = new SharedPool(2,
			() -> RunningPool.builder()
				.bootingFast()
				.jar(AppJar.version("1").overwrite(jar()))
				.env("UNICORN_ROLLOUT_OBSERVE", "1s"));

	@BeforeAll
	static void takeAPort() throws IOException {
		taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
	}

	@AfterAll
	static void giveItBack() throws IOException {
		taken.close();
	}

	/**
	 * The fault of the new jar, the reason in the result of the roll-out, and a text in
	 * the output of the failed process.
	 */
	enum Fault {

		NOT_A_JAR("the start of the new code failed with exit code 1: .+", "Invalid or corrupt jarfile") {

			@Override
			byte[] jar() {
				return "This is not a jar.\n".getBytes(StandardCharsets.US_ASCII);
			}

		},

		TRUNCATED("the start of the new code failed with exit code 1: .+", "Invalid or corrupt jarfile") {

			@Override
			byte[] jar() {
				byte[] whole = good().bytes();
				return Arrays.copyOf(whole, whole.length * 2 / 3);
			}

		},

		EMPTY("the start of the new code failed with exit code 1: .+", "Invalid or corrupt jarfile") {

			@Override
			byte[] jar() {
				return new byte[0];
			}

		},

		MAIN_CLASS_MISSING("the start of the new code failed with exit code 1: .+",
				"ClassNotFoundException: io.unicorn.sample.Gone") {

			@Override
			byte[] jar() {
				return good().manifest("Start-Class", "io.unicorn.sample.Gone").bytes();
			}

		},

		/** The configuration can still be read without it. */
		CLASS_MISSING("worker \\d \\(pid \\d+\\) exited: exit code 1 after .*", "NoClassDefFoundError") {

			@Override
			byte[] jar() {
				return good().without("BOOT-INF/classes/io/unicorn/sample", "WhoAmIController$WhoAmI.class").bytes();
			}

		},

		CONTEXT_FAILS("worker \\d \\(pid \\d+\\) exited: exit code 1 after .*", "sample.boot.fail is set") {

			@Override
			byte[] jar() {
				return good().with("sample.boot.fail=true").bytes();
			}

		},

		/**
		 * The boot-timeout is longer than the boot: only a booted worker reports its
		 * health.
		 */
		NEVER_HEALTHY("worker \\d \\(pid \\d+\\) did not become ready within its boot-timeout of 45 s, "
				+ "health group 'readiness' is DOWN \\(diskSpace is DOWN .*", "") {

			@Override
			byte[] jar() {
				return good()
					.with("unicorn.boot-timeout=45s", "management.health.diskspace.threshold=1000TB",
							"management.endpoint.health.group.readiness.include=readinessState,diskSpace")
					.bytes();
			}

		},

		ALL_ANSWERS_ARE_ERRORS("\\S+ of \\S+ answers were errors \\(5xx\\), 0 of \\S+ of the workers before "
				+ "\\(more with a confidence of 99\\.9\\d+ %\\)", "") {

			@Override
			byte[] jar() {
				return good().with("sample.errors=true").bytes();
			}

		},

		EXITS_WHEN_READY(ENDED, "") {

			@Override
			byte[] jar() {
				return good().with("sample.boot.exit-after=400ms").bytes();
			}

		},

		/** The worker exits while the others are being replaced. */
		EXITS_LATER(ENDED, "") {

			@Override
			byte[] jar() {
				return good().with("sample.boot.exit-after=2s").bytes();
			}

		},

		HANGS("worker \\d \\(pid \\d+\\) did not become ready within its boot-timeout of 5 s.*", "") {

			@Override
			byte[] jar() {
				return good().with("unicorn.boot-timeout=5s", "sample.boot.hang-if-exists=/").bytes();
			}

		},

		WRONG_CONFIGURATION("the start of the new code failed with exit code 1: .+", "Property: unicorn.workers") {

			@Override
			byte[] jar() {
				return good().with("unicorn.workers=many").bytes();
			}

		},

		PORT_IN_USE("cannot listen: .*in use.*", "") {

			@Override
			byte[] jar() {
				return good()
					.with("management.server.address=127.0.0.1", "management.server.port=" + taken.getLocalPort())
					.bytes();
			}

		},

		/** The new code must not become a second instance beside the pool. */
		NO_STARTER("the new code has ended without saying how its workers are launched; it may lack the starter",
				"Starting PlainApplication") {

			@Override
			byte[] jar() {
				return good().with(PlainApplication.class)
					.manifest("Start-Class", PlainApplication.class.getName())
					.without("BOOT-INF/lib", "unicorn-spring-boot-starter-")
					.bytes();
			}

		},

		NO_POOL_WANTED("the start of the new code failed with exit code 1: .+", "The new code does not start a pool") {

			@Override
			byte[] jar() {
				return good().with("unicorn.enabled=false").bytes();
			}

		};

		final String reason;

		final String log;

		Fault(String reason, String log) {
			this.reason = reason;
			this.log = log;
		}

		abstract byte[] jar();

		private static AppJar good() {
			return AppJar.version("bad");
		}

		/**
		 * Whether clients notice: a worker that crashes while it serves loses its
		 * requests.
		 */
		boolean isNoticed() {
			return this == EXITS_WHEN_READY || this == EXITS_LATER;
		}

		/**
		 * The fewest ready workers: a crash of a worker makes the pool smaller for a
		 * moment.
		 */
		int fewest() {
			return (this == EXITS_LATER) ? 1 : 2;
		}

	}

	/** Faults of each kind by day, all of them at night. */
	static Set<Fault> faults() {
		return Nightly.LEFT_OUT ? EnumSet.of(Fault.TRUNCATED, Fault.CONTEXT_FAILS, Fault.ALL_ANSWERS_ARE_ERRORS,
				Fault.PORT_IN_USE, Fault.NO_STARTER) : EnumSet.allOf(Fault.class);
	}

	@ParameterizedTest
	@MethodSource("faults")
	@Order(1)
	void thePoolStaysOnTheOldCodeAndReportsTheReason(Fault fault) throws Exception {
		RunningPool pool = SHARED.ready();
		int generation = pool.pool().path("master").path("generation").asInt();
		overwrite(fault.jar());

		try (ReadyWatcher watcher = pool.watchReady(); LoadClient load = load(pool)) {
			RolloutView rollout = pool.rollOut();

			assertThat(rollout.state()).as(rollout.toString()).isEqualTo("rolled-back");
			assertThat(rollout.reason()).matches(fault.reason);
			assertThat(rollout.log()).contains(fault.log);
			assertThat(watcher.minReady()).as(watcher.toString()).isGreaterThanOrEqualTo(fault.fewest());
			Report report = load.stop();
			if (!fault.isNoticed()) {
				assertThat(watcher.failures()).isEmpty();
				assertThat(report.lost() + report.unconnected()).as(report.toString()).isZero();
			}
			assertThat(report.not200() > 0).as(report.toString()).isEqualTo(fault == Fault.ALL_ANSWERS_ARE_ERRORS);
		}

		JsonNode after = pool.awaitReady(2);
		assertThat(WorkerView.ready(after)).hasSize(2).allMatch((worker) -> worker.generation() == generation);
		assertThat(after.path("master").path("generation").asInt()).isEqualTo(generation);
		assertThat(pool.versions()).containsExactly("1");
	}

	@Test
	@Order(2)
	void aSuccessorOfACrashedWorkerRunsTheOldCodeAlthoughTheJarIsBroken() throws Exception {
		RunningPool pool = SHARED.ready();
		overwrite(Fault.TRUNCATED.jar());
		WorkerView victim = WorkerView.oldest(pool.pool());

		pool.signal(victim.pid(), "KILL");

		pool.awaitPool("another worker", (seen) -> {
			List<WorkerView> ready = WorkerView.ready(seen);
			return ready.size() == 2 && ready.stream().noneMatch((worker) -> worker.id() == victim.id());
		}, TIMEOUT);
		assertThat(pool.versions()).containsExactly("1");
	}

	@Test
	@Order(3)
	void workingCodeIsRolledOutAfterTheFaults() throws Exception {
		RunningPool pool = SHARED.ready();
		AppJar.version("2").overwrite(jar());

		assertThat(pool.rollOut().state()).isEqualTo("succeeded");
		assertThat(pool.versions()).containsExactly("2");
		assertThat(pool.stop()).isZero();
	}

	private static LoadClient load(RunningPool pool) {
		return pool.load()
			.keepAlive(2)
			.connectionPerRequest(4)
			.get("/whoami", "/sleep?ms=5")
			// Booting workers get what the load leaves of the processors.
			.pause(Duration.ofMillis(25))
			.start();
	}

	private static void overwrite(byte[] content) {
		try {
			Files.write(jar(), content);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Path jar() {
		return directory.resolve("app.jar");
	}

}
