package io.unicorn.launch.settings;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class PoolSettingsTests {

	private static final PoolSettings SETTINGS = new PoolSettings(OptionalInt.of(3), WorkerClass.SYNC,
			Duration.ofMillis(1500), Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofSeconds(7), true,
			new RolloutSettings(2, 1, Duration.ofSeconds(9)), AotCache.OFF);

	@Test
	void settingsAreReadFromTheirMap() {
		assertThat(PoolSettings.of(SETTINGS.toMap())).isEqualTo(SETTINGS);
	}

	@Test
	void autoIsReadFromItsMap() {
		PoolSettings auto = new PoolSettings(OptionalInt.empty(), WorkerClass.GTHREAD, Duration.ZERO, Duration.ZERO,
				Duration.ZERO, Duration.ZERO, false, RolloutSettings.DEFAULT, AotCache.AUTO);
		assertThat(auto.toMap()).containsEntry("unicorn.workers", "auto");
		assertThat(PoolSettings.of(auto.toMap())).isEqualTo(auto);
	}

	@Test
	void theMapOfAnOlderVersionHasDefaults() {
		PoolSettings changed = new PoolSettings(OptionalInt.empty(), WorkerClass.GTHREAD, Duration.ZERO, Duration.ZERO,
				Duration.ZERO, Duration.ZERO, false, RolloutSettings.DEFAULT, AotCache.AUTO, Duration.ofSeconds(7),
				"/var/dumps");
		assertThat(PoolSettings.of(changed.toMap())).isEqualTo(changed);
		Map<String, String> map = new HashMap<>(changed.toMap());
		map.keySet().removeAll(List.of("unicorn.migration-timeout", "unicorn.dump-dir"));
		assertThat(PoolSettings.of(map).migrationTimeout()).isEqualTo(PoolSettings.DEFAULT_MIGRATION_TIMEOUT);
		assertThat(PoolSettings.of(map).dumpDir()).isEmpty();
	}

	@Test
	void anUnknownEntryOfTheMapIsIgnored() {
		Map<String, String> map = new HashMap<>(SETTINGS.toMap());
		map.put("unicorn.colour", "pink");
		assertThat(PoolSettings.of(map)).isEqualTo(SETTINGS);
	}

	@ParameterizedTest
	@ValueSource(strings = { "unicorn.workers", "unicorn.worker-class", "unicorn.timeout", "unicorn.graceful-timeout",
			"unicorn.boot-timeout", "unicorn.shutdown-delay", "unicorn.reload-on-change", "unicorn.rollout.max-surge",
			"unicorn.rollout.max-unavailable", "unicorn.rollout.observe", "unicorn.aot-cache" })
	void aSettingThatIsMissingIsNamed(String name) {
		Map<String, String> map = new HashMap<>(SETTINGS.toMap());
		map.remove(name);
		assertThatIllegalArgumentException().isThrownBy(() -> PoolSettings.of(map))
			.withMessage("setting " + name + " is missing");
	}

	@ParameterizedTest
	@CsvSource({ "unicorn.workers, 0, 'workers must be at least 1, not 0'",
			"unicorn.workers, -3, 'workers must be at least 1, not -3'",
			"unicorn.workers, many, 'For input string: \"many\"'",
			"unicorn.worker-class, uvicorn, 'unknown worker class ''uvicorn'', known are event-loop, gthread, sync, virtual'",
			"unicorn.timeout, soon, 'not a duration: soon'",
			"unicorn.timeout, PT-1S, 'timeout must not be negative, not PT-1S'",
			"unicorn.graceful-timeout, PT-1S, 'graceful-timeout must not be negative, not PT-1S'",
			"unicorn.boot-timeout, PT-1S, 'boot-timeout must not be negative, not PT-1S'",
			"unicorn.shutdown-delay, PT-1S, 'shutdown-delay must not be negative, not PT-1S'",
			"unicorn.rollout.observe, PT-1S, 'observe must not be negative, not PT-1S'",
			"unicorn.rollout.max-surge, -2, 'max-surge -2 and max-unavailable 1 leave no way to replace a worker'" })
	void aValueOutOfRangeIsRejected(String name, String value, String message) {
		Map<String, String> map = new HashMap<>(SETTINGS.toMap());
		map.put(name, value);
		assertThatIllegalArgumentException().isThrownBy(() -> PoolSettings.of(map)).withMessage(message);
	}

	@ParameterizedTest
	@CsvSource({ "sync, SYNC", "SYNC, SYNC", "' gThread ', GTHREAD", "virtual, VIRTUAL", "Gevent, VIRTUAL",
			"eventlet, VIRTUAL", "threads, GTHREAD", "tornado, EVENT_LOOP", "ASGI, EVENT_LOOP" })
	void aWorkerClassIsFoundInAnyCaseAndByGunicornsNames(String name, WorkerClass expected) {
		assertThat(WorkerClass.of(name)).isEqualTo(expected);
	}

	@Test
	void theMessageForAnUnknownWorkerClassListsAllNames() {
		assertThatIllegalArgumentException().isThrownBy(() -> WorkerClass.of("uvicorn"))
			.withMessage("unknown worker class 'uvicorn', known are event-loop, gthread, sync, virtual");
	}

	@Test
	void aWorkerClassIsFoundByItsName() {
		for (WorkerClass workerClass : WorkerClass.values()) {
			assertThat(WorkerClass.of(workerClass.configName())).isEqualTo(workerClass);
		}
	}

}
