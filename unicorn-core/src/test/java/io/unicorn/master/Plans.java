package io.unicorn.master;

import java.util.List;
import java.util.Map;

import io.unicorn.launch.JavaCommandLine;
import io.unicorn.launch.LaunchPlan;
import io.unicorn.launch.ListenAddress;
import io.unicorn.launch.MasterProgram;

/**
 * A launch plan for tests that do not care what is in it.
 */
final class Plans {

	static final LaunchPlan PLAN = new LaunchPlan("shop", SimulatedPool.settings(2), 2,
			List.of(new ListenAddress("http", null, 8080, 100)), Map.of(), "/bin/java",
			new JavaCommandLine("java", List.of(), List.of("-jar", "app.jar")), null, List.of(), List.of(), List.of(),
			List.of(), null, List.of(), new MasterProgram("/work", List.of(), null));

	private Plans() {
	}

}
