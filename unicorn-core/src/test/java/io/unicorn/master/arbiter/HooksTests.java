package io.unicorn.master.arbiter;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.unicorn.launch.settings.Hook;
import io.unicorn.launch.settings.HookSettings;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.ProcessSignal;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When the commands of hooks run, and what waits for them.
 */
class HooksTests {

	private static final Duration LONG = Duration.ofMinutes(2);

	private final SimulatedPool pool = new SimulatedPool(2, 42).withHooks();

	private List<Hook> told() {
		return this.pool.effects(Effect.RunHook.class).stream().map(Effect.RunHook::hook).toList();
	}

	private Map<String, String> facts(Hook hook) {
		return this.pool.effects(Effect.RunHook.class)
			.stream()
			.filter((run) -> run.hook() == hook)
			.reduce((former, later) -> later)
			.orElseThrow()
			.facts();
	}

	private List<String> last(int count) {
		List<String> names = this.pool.effects()
			.stream()
			.filter((effect) -> effect instanceof Effect.RunHook || effect instanceof Effect.Exit)
			.map((effect) -> (effect instanceof Effect.RunHook run) ? run.hook().configName() : "exit")
			.toList();
		return names.subList(names.size() - count, names.size());
	}

	@Test
	void theStartAndTheStopAreToldInOrder() {
		this.pool.start().run(LONG);
		assertThat(told()).containsExactly(Hook.ON_STARTING, Hook.WORKER_STARTED, Hook.WORKER_STARTED, Hook.WHEN_READY);
		this.pool.signal(ProcessSignal.TERM);
		this.pool.run(LONG);
		assertThat(last(4)).containsExactly("worker-exited", "worker-exited", "on-exit", "exit");
		assertThat(facts(Hook.ON_EXIT)).containsEntry("UNICORN_EXIT_STATUS", "0").containsEntry("UNICORN_READY", "0");
	}

	@Test
	void theFirstWorkerIsStartedWhenOnStartingHasEnded() {
		this.pool.script().hooksHang(true);
		this.pool.start().run(Duration.ofSeconds(10));
		assertThat(told()).containsExactly(Hook.ON_STARTING);
		assertThat(this.pool.spawns()).isEmpty();
		assertThat(this.pool.effects(Effect.RunHook.class).get(0).command()).isEqualTo("command of on-starting");
		this.pool.run(Hooks.SPARE);
		assertThat(this.pool.spawns()).as("spawned when the time is over").hasSize(1);
	}

	@Test
	void aStopWhileOnStartingRunsStartsNoWorker() {
		this.pool.script().hooksHang(true);
		this.pool.start();
		this.pool.signal(ProcessSignal.TERM);
		assertThat(this.pool.exitCode()).isNull();
		this.pool.run(LONG);
		assertThat(this.pool.exitCode()).isZero();
		assertThat(this.pool.spawns()).isEmpty();
		assertThat(told()).containsExactly(Hook.ON_STARTING, Hook.ON_EXIT);
	}

	@Test
	void theEndWaitsForHooksForALimitedTime() {
		this.pool.start().run(LONG);
		this.pool.script().hooksHang(true);
		this.pool.signal(ProcessSignal.TERM);
		this.pool.run(Duration.ofSeconds(20));
		assertThat(last(1)).containsExactly("on-exit");
		this.pool.run(LONG);
		assertThat(this.pool.exitCode()).isZero();
	}

	@Test
	void anInterruptEndsTheWaitForOnExit() {
		this.pool.start().run(LONG);
		this.pool.script().hooksHang(true);
		this.pool.signal(ProcessSignal.INT);
		this.pool.run(Duration.ofSeconds(6));
		assertThat(this.pool.exitCode()).isNull();
		this.pool.signal(ProcessSignal.INT);
		assertThat(this.pool.exitCode()).isZero();
	}

	@Test
	void aCrashIsToldWithItsReason() {
		this.pool.start().run(LONG);
		long victim = this.pool.firstReady();
		this.pool.exit(victim, 0, 9);
		assertThat(facts(Hook.WORKER_EXITED)).containsEntry("UNICORN_REASON", "killed")
			.containsEntry("UNICORN_EXIT_STATUS", "137")
			.containsEntry("UNICORN_WORKER_ID", Long.toString(victim))
			.containsEntry("UNICORN_WORKER_INDEX", "0")
			.containsEntry("UNICORN_GENERATION", "1")
			.containsEntry("UNICORN_WORKERS", "2")
			.containsEntry("UNICORN_READY", "1")
			.containsKey("UNICORN_WORKER_PID");
		this.pool.run(LONG);
		assertThat(facts(Hook.WORKER_STARTED)).containsEntry("UNICORN_WORKER_INDEX", "0")
			.containsEntry("UNICORN_WORKER_ID", "3");
	}

	@Test
	void aNewTargetIsTold() {
		this.pool.start().run(LONG);
		this.pool.signal(ProcessSignal.TTIN);
		assertThat(facts(Hook.WORKERS_CHANGED)).containsEntry("UNICORN_WORKERS", "3")
			.containsEntry("UNICORN_WORKERS_BEFORE", "2");
		this.pool.run(LONG);
		assertThat(last(2)).as("complete once").containsExactly("workers-changed", "worker-started");
	}

	@Test
	void aRollOutBringsItsHooks() {
		this.pool.start().run(LONG);
		this.pool.script()
			.hooks(new HookSettings(Map.of(Hook.ON_RELOAD, "new", Hook.WORKER_STARTED, "new"), Duration.ofSeconds(1)));
		this.pool.signal(ProcessSignal.HUP);
		this.pool.reach("succeeded").run(LONG);
		assertThat(facts(Hook.ON_RELOAD)).containsEntry("UNICORN_GENERATION", "2")
			.containsEntry("UNICORN_REASON", "SIGHUP");
		List<Effect.RunHook> of = this.pool.effects(Effect.RunHook.class).stream().skip(4).toList();
		assertThat(of).extracting((run) -> run.hook() + " " + run.command())
			.containsExactly("ON_RELOAD new", "WORKER_STARTED new", "WORKER_EXITED command of worker-exited",
					"WORKER_STARTED new", "WORKER_EXITED command of worker-exited");
	}

	@Test
	void anotherMasterWaitsForHooksAndRepeatsNone() {
		this.pool.start().run(LONG);
		this.pool.signal(ProcessSignal.TTOU);
		this.pool.signal(ProcessSignal.USR2);
		assertThat(this.pool.effects(Effect.Upgrade.class)).isEmpty();
		this.pool.run(LONG);
		assertThat(this.pool.log()).anyMatch((line) -> line.endsWith("1 worker serve on"));
		assertThat(last(2)).containsExactly("workers-changed", "worker-exited");
		this.pool.signal(ProcessSignal.TTIN);
		this.pool.run(LONG);
		assertThat(last(2)).containsExactly("workers-changed", "worker-started");
	}

}
