package io.unicorn.master;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RehearsalTests {

	@Test
	void aWorkerIsLostAndReplaced() {
		PoolSpec spec = new PoolSpec(SimulatedPool.settings(1), 1, List.of(), Set.of("* 8080"), "app.jar 00ff", "");
		List<Effect> effects = new Rehearsal(spec).perform();
		assertThat(effects).filteredOn(Effect.Spawn.class::isInstance).hasSize(2);
		assertThat(effects).filteredOn(Effect.Tell.class::isInstance)
			.anyMatch((effect) -> ((Effect.Tell) effect).text().contains("killed by signal 9 (SIGKILL)"));
	}

	@Test
	void itIsPerformedOnceWhenThePoolIsComplete() {
		SimulatedPool pool = new SimulatedPool(2, 42);
		pool.start().run(Duration.ofMinutes(1));
		pool.exit(pool.firstReady(), -1, 9);
		pool.run(Duration.ofMinutes(1));
		assertThat(pool.ordered(Effect.Rehearse.class)).hasSize(1);
	}

}
