package io.unicorn.sample.chaos;

import java.time.Duration;

import io.unicorn.sample.testsupport.Alone;
import io.unicorn.sample.testsupport.OneJdk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Chaos for {@code -Dunicorn.chaos.minutes=N}, which the usual build does not set. A
 * failure names its seed for {@code -Dunicorn.seed}.
 */
@OneJdk
@Alone
@EnabledIfSystemProperty(named = "unicorn.chaos.minutes", matches = "\\d+")
class ChaosIT {

	@Test
	void thePoolOutlivesEachStep() throws Exception {
		long seed = Long.getLong("unicorn.seed", System.nanoTime());
		assertThat(new Chaos(seed, Duration.ofMinutes(Long.getLong("unicorn.chaos.minutes"))).run()).isEmpty();
	}

}
