package io.unicorn.launch.settings;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class HookSettingsTests {

	@Test
	void settingsAreReadAsTheyWereWritten() {
		HookSettings settings = new HookSettings(Map.of(Hook.ON_EXIT, "a\nb", Hook.WORKERS_CHANGED, "c"),
				Duration.ofMillis(1));
		assertThat(settings.toMap()).containsOnlyKeys("timeout", "on-exit", "workers-changed");
		assertThat(HookSettings.of(settings.toMap())).isEqualTo(settings);
		assertThat(HookSettings.of(HookSettings.NONE.toMap())).isEqualTo(HookSettings.NONE);
	}

	@Test
	void aCommandHasATimeLimit() {
		assertThatIllegalArgumentException().isThrownBy(() -> new HookSettings(Map.of(), Duration.ZERO));
		assertThatIllegalArgumentException().isThrownBy(() -> HookSettings.of(Map.of()));
	}

}
