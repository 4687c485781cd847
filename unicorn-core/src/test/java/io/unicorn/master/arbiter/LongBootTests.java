package io.unicorn.master.arbiter;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

import io.unicorn.ipc.Message;
import io.unicorn.launch.settings.AotCache;
import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.launch.settings.RolloutSettings;
import io.unicorn.launch.settings.WorkerClass;
import io.unicorn.master.arbiter.pool.ExitReason;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests workers that boot for longer than the boot-timeout, most of all because they
 * migrate a database.
 */
class LongBootTests {

	private static final Duration BOOT_TIMEOUT = Duration.ofSeconds(15);

	private static final Duration MIGRATION_TIMEOUT = Duration.ofMinutes(5);

	private SimulatedPool pool = new SimulatedPool(settings(MIGRATION_TIMEOUT), 42);

	private static PoolSettings settings(Duration migrationTimeout) {
		return new PoolSettings(OptionalInt.of(2), WorkerClass.GTHREAD, Duration.ofSeconds(30), Duration.ofSeconds(30),
				BOOT_TIMEOUT, Duration.ZERO, true, RolloutSettings.DEFAULT, AotCache.OFF, migrationTimeout, "");
	}

	@Test
	void theFirstWorkerOfAStartMigratesForAsLongAsItTakes() {
		this.pool.script().migration(Duration.ofHours(3));
		this.pool.start().run(Duration.ofHours(3).plusSeconds(30));
		assertThat(this.pool.snapshot().ready()).isEqualTo(2);
		assertThat(log()).doesNotContain("ERROR");
	}

	@Test
	void theLogSaysOncePerBootTimeoutWhatTheFirstWorkerDoes() {
		this.pool.script().migration(Duration.ofSeconds(40));
		this.pool.start().run(Duration.ofSeconds(80));
		assertThat(warnings()).containsExactly(warning(15), warning(30));
		assertThat(this.pool.spawns()).hasSize(2);
	}

	private static String warning(int seconds) {
		return seconds * 1000L + " WARN worker 0 (pid 10001) has been booting for " + seconds
				+ " s, and goes on: the first worker of a start has no boot-timeout; it runs a migration; "
				+ "its main thread is in app.Migration.run:7";
	}

	@Test
	void aFirstWorkerThatHangsIsToldOfAndMayBeEndedByASignal() {
		this.pool.script().faults(Faults.none().bootHangs(1));
		this.pool.start().run(Duration.ofMinutes(10));
		assertThat(warnings()).hasSize(40).allMatch((line) -> line.endsWith("has no boot-timeout"));
		this.pool.signal(ProcessSignal.TERM);
		this.pool.run(Duration.ofSeconds(31));
		assertThat(this.pool.exitCode()).isZero();
	}

	@Test
	void withoutABootTimeoutNothingIsSaid() {
		this.pool = new SimulatedPool(SimulatedPool.withBootTimeout(Duration.ZERO), 42);
		this.pool.script().migration(Duration.ofHours(1));
		this.pool.start().run(Duration.ofHours(2));
		assertThat(this.pool.snapshot().ready()).isEqualTo(3);
		assertThat(warnings()).isEmpty();
	}

	@Test
	void theMigrationOfACanaryDoesNotCountTowardsItsBoot() {
		started().script().migration(Duration.ofMinutes(4));
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("succeeded");
		assertThat(warnings()).isNotEmpty()
			.allMatch((line) -> line.contains("and goes on; it runs a migration; its main thread is in"));
	}

	@Test
	void aCanaryThatMigratesForTooLongFailsTheRollOut() {
		started().script().migration(Duration.ofMinutes(6));
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("booting").run(Duration.ofSeconds(314));
		assertThat(this.pool.rollout().state()).isEqualTo("booting");
		this.pool.reach("rolled-back");
		assertThat(this.pool.rollout().reason())
			.contains("did not become ready within its boot-timeout of 15 s and the migration-timeout of 5 min, "
					+ "it runs a migration");
	}

	@Test
	void aCanaryThatHangsAfterItsMigrationHasItsBootTimeoutFromThere() {
		started().script().faults(Faults.none().bootHangs(1));
		this.pool.signal(ProcessSignal.HUP);
		long canary = this.pool.reach("booting").activeOf(2).get(0);
		this.pool.receive(canary, new Message.Booting("a migration", List.of()));
		this.pool.run(Duration.ofSeconds(60));
		this.pool.receive(canary, new Message.Booting("", List.of()));
		this.pool.run(Duration.ofSeconds(14));
		assertThat(this.pool.rollout().state()).isEqualTo("booting");
		this.pool.run(Duration.ofSeconds(2));
		assertThat(this.pool.rollout().reason()).contains("did not become ready within its boot-timeout of 15 s");
	}

	@Test
	void aMigrationTimeoutOfZeroIsNone() {
		this.pool = new SimulatedPool(settings(Duration.ZERO), 42);
		started().script().migration(Duration.ofHours(5));
		this.pool.signal(ProcessSignal.HUP);
		this.pool.run(Duration.ofHours(5).plusMinutes(5));
		assertThat(this.pool.results()).containsExactly("succeeded");
	}

	@Test
	void aReplacementGetsNoTimeForAMigration() {
		started().script().faults(Faults.none().bootHangs(1));
		this.pool.exit(this.pool.firstReady(), -1, 9);
		long replacement = this.pool.activeOf(1).get(1);
		this.pool.receive(replacement, new Message.Booting("a migration", List.of()));
		this.pool.run(Duration.ofSeconds(20));
		assertThat(this.pool.snapshot().exits()).containsKey(ExitReason.BOOT_TIMEOUT);
	}

	@Test
	void aStopWaitsForTheMigration() {
		this.pool.script().migration(Duration.ofMinutes(2));
		this.pool.start().run(Duration.ofSeconds(20));
		this.pool.signal(ProcessSignal.TERM);
		this.pool.run(Duration.ofSeconds(90));
		assertThat(this.pool.exitCode()).isNull();
		this.pool.run(Duration.ofSeconds(20));
		assertThat(this.pool.exitCode()).isZero();
		assertThat(log()).contains("runs a migration and exits when that is done, within 4 min")
			.doesNotContain("killing it");
	}

	@Test
	void aStopWaitsNoLongerThanTheMigrationTimeout() {
		this.pool.script().migration(Duration.ofHours(2));
		this.pool.start().run(Duration.ofSeconds(20));
		this.pool.signal(ProcessSignal.TERM);
		this.pool.run(MIGRATION_TIMEOUT);
		assertThat(this.pool.exitCode()).isZero();
		assertThat(log()).contains("did not exit within the time it had, killing it");
	}

	@Test
	void aQuickStopDoesNotWaitForTheMigration() {
		this.pool.script().migration(Duration.ofHours(2));
		this.pool.start().run(Duration.ofSeconds(20));
		this.pool.signal(ProcessSignal.TERM);
		this.pool.signal(ProcessSignal.INT);
		this.pool.run(Shutdown.QUICK_STOP.plusSeconds(1));
		assertThat(this.pool.exitCode()).isZero();
	}

	private SimulatedPool started() {
		this.pool.start().run(Duration.ofSeconds(20));
		assertThat(this.pool.snapshot().ready()).isEqualTo(2);
		return this.pool;
	}

	private List<String> warnings() {
		return this.pool.log().stream().filter((line) -> line.contains(" WARN ")).toList();
	}

	private String log() {
		return String.join("\n", this.pool.log());
	}

}
